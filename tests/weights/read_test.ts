import assert from "node:assert/strict";
import { basename, join } from "node:path";
import fc from "fast-check";
import { ZipError } from "../../data/download/errors.ts";
import { ZipArchive } from "../../data/download/zip_archive.ts";
import { readStateDict } from "../../weights/read.ts";
import { readSafetensors } from "../../weights/safetensors.ts";
import { type Tensor, WeightsError } from "../../weights/tensor.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { tempFolder } from "../data/download/temp_folder.ts";
import { fixture, OFFICIAL_PICKLE, plain } from "./fixture.ts";

const manifest = JSON.parse(Deno.readTextFileSync(fixture("manifest.json"))) as {
  files: { file: string; prefix: string; about: string }[];
};
const { tensors: expected } = await readSafetensors(fixture("fixtures.safetensors"));

/** That `tensors` are those which PyTorch saved under `prefix`, in name, type, shape and value. */
function assertAsSaved(tensors: Map<string, Tensor>, prefix: string) {
  const saved = [...expected].filter(([name]) => name.startsWith(prefix))
    .map(([name, tensor]): [string, Tensor] => [name.slice(prefix.length), tensor]);
  assert.deepEqual([...tensors.keys()].sort(), saved.map(([name]) => name).sort());
  for (const [name, tensor] of saved) {
    assert.deepEqual(plain(tensors.get(name)!), plain(tensor), name);
  }
}

for (const { file, prefix, about } of manifest.files) {
  Deno.test(`${file} (${about}) reads as PyTorch reads it`, async () => {
    assertAsSaved(await readStateDict(fixture(file)), prefix);
  });
}

Deno.test("the order of the state dict is kept", async () => {
  const names = [...(await readStateDict(fixture("plain-zip.pth"))).keys()];
  assert.deepEqual(names.slice(0, 3), ["conv.weight", "conv.bias", "bn.weight"]);
});

Deno.test("tensors that share a storage in the file share no memory", async () => {
  const tensors = await readStateDict(fixture("views-zip.pth"));
  const buffers = new Set([...tensors.values()].map(({ data }) => data.buffer));
  assert.equal(buffers.size, tensors.size);
});

for (
  const [file, message] of [
    ["reject-code-zip.pth", /reject-code-zip\.pth: it needs posix\.getcwd, which is refused/],
    ["reject-code-legacy.pth", /reject-code-legacy\.pth: it needs posix\.getcwd, which is refused/],
    ["reject-truncated-zip.pth", /reject-truncated-zip\.pth is not a whole zip archive/],
    ["reject-truncated-legacy.pth", /legacy\.pth: it ends after 1459 of 1946 bytes, cut off/],
    ["manifest.json", /manifest\.json is no file of weights: known are/],
    [OFFICIAL_PICKLE, /data\.pkl: it ends after 13144 bytes, cut off/],
  ] as const
) {
  Deno.test(`${basename(file)} is refused, and the reason named`, async () => {
    const path = file === OFFICIAL_PICKLE ? file : fixture(file);
    await assert.rejects(readStateDict(path), (error: Error) => {
      assert.ok(error instanceof WeightsError || error instanceof ZipError);
      assert.match(error.message, message);
      return true;
    });
  });
}

/** Reads the entries of a fixture, lets `change` alter them, and packs them anew. */
async function repack(
  name: string,
  change: (name: string, content: Uint8Array) => Parameters<typeof makeZip>[0][number] | undefined,
): Promise<Uint8Array> {
  using archive = await ZipArchive.open(fixture(name));
  const parts = await Promise.all(
    [...archive.entries].map(async (entry) => change(entry.name, await archive.read(entry))),
  );
  return makeZip(parts.filter((part) => part !== undefined));
}

async function readBytes(bytes: Uint8Array): Promise<Map<string, Tensor>> {
  using folder = tempFolder();
  const path = join(folder.path, "weights.pth");
  Deno.writeFileSync(path, bytes);
  return await readStateDict(path);
}

Deno.test("a zip that was packed again reads the same: data descriptors, deflated, another root", async () => {
  const bytes = await repack("views-zip.pth", (name, content) => ({
    name: name.replace(/^[^/]+/, "archive"),
    content,
    descriptor: true,
    deflate: true,
  }));
  assertAsSaved(await readBytes(bytes), "views/");
});

Deno.test("a zip without byteorder, as torch wrote it before 2.1, is little-endian", async () => {
  const bytes = await repack(
    "dict-zip.pth",
    (name, content) => name.endsWith("byteorder") ? undefined : { name, content },
  );
  assertAsSaved(await readBytes(bytes), "dict/");
});

Deno.test("big-endian storages are turned round", async () => {
  const bytes = await repack("parameters-zip.pth", (name, content) => {
    if (name.endsWith("byteorder")) return { name, content: "big" };
    if (!/\/data\/\d+$/.test(name)) return { name, content };
    const swapped = content.slice();
    for (let i = 0; i < swapped.length; i += 4) swapped.subarray(i, i + 4).reverse();
    return { name, content: swapped };
  });
  assertAsSaved(await readBytes(bytes), "parameters/");
});

Deno.test("big-endian legacy files are turned round as well", async () => {
  const bytes = Deno.readFileSync(fixture("parameters-legacy.pth"));
  const at = new TextDecoder("latin1").decode(bytes).indexOf("little_endian");
  bytes[bytes.indexOf(0x88, at)] = 0x89; // True becomes False
  const elements = [...expected].filter(([name]) => name.startsWith("parameters/"))
    .map(([, { data }]) => data.length);
  // The storages end the file: each its count as int64, and its float32s.
  let offset = bytes.length - elements.reduce((sum, n) => sum + 8 + 4 * n, 0);
  while (offset < bytes.length) {
    const count = Number(new DataView(bytes.buffer).getBigInt64(offset, true));
    bytes.subarray(offset, offset + 8).reverse();
    offset += 8;
    for (let i = 0; i < count; i++, offset += 4) bytes.subarray(offset, offset + 4).reverse();
  }
  assertAsSaved(await readBytes(bytes), "parameters/");
});

Deno.test("a storage that is missing or too short is refused", async () => {
  for (const change of [() => undefined, (content: Uint8Array) => content.subarray(4)]) {
    const bytes = await repack("dict-zip.pth", (name, content) => {
      if (!name.endsWith("/data/0")) return { name, content };
      const changed = change(content);
      return changed && { name, content: changed };
    });
    await assert.rejects(readBytes(bytes), /data\/0 is missing or has another size/);
  }
});

Deno.test("a zip of something else is refused", async () => {
  await assert.rejects(
    readBytes(makeZip([{ name: "photo.jpg", content: "x" }])),
    /not one of torch\.save: it has no data\.pkl/,
  );
});

Deno.test("a web page in place of the file is recognised", async () => {
  const page = new TextEncoder().encode("<!doctype html><title>Sign in</title>");
  await assert.rejects(readBytes(page), /looks like a web page/);
});

Deno.test("a safetensors file reads as a state dict", async () => {
  const tensors = await readStateDict(fixture("fixtures.safetensors"));
  assert.deepEqual([...tensors.keys()], [...expected.keys()]);
});

Deno.test("damaged bytes give an error of ours or other numbers, never a crash", async () => {
  const names = manifest.files.map(({ file }) => file);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat({ max: 1200 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 3,
      }),
      async (name, changes) => {
        const bytes = Deno.readFileSync(fixture(name));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        await readBytes(bytes).then(
          (tensors) => assert.ok(tensors instanceof Map),
          (error) => assert.ok(error instanceof WeightsError || error instanceof ZipError, error),
        );
      },
    ),
    { numRuns: 300 },
  );
});
