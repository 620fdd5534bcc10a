import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { readSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import { arrayTypes, type DType, type Tensor, WeightsError } from "../../weights/tensor.ts";
import { namesIn, tempFolder } from "../data/download/temp_folder.ts";
import { fixture, plain } from "./fixture.ts";

/** A file by hand: the header as JSON or as it is, and the bytes after it. */
function file(header: unknown, data: number[]): Uint8Array {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

async function readBytes(bytes: Uint8Array) {
  using folder = tempFolder();
  const path = join(folder.path, "a.safetensors");
  Deno.writeFileSync(path, bytes);
  return await readSafetensors(path);
}

Deno.test("a file made by hand reads as the format's description says", async () => {
  const { tensors, metadata } = await readBytes(file({
    __metadata__: { format: "pt" },
    b: { dtype: "I16", shape: [1, 2], data_offsets: [4, 8] },
    a: { dtype: "F32", shape: [], data_offsets: [0, 4] },
    none: { dtype: "F64", shape: [0, 3], data_offsets: [8, 8] },
    half: { dtype: "F16", shape: [1], data_offsets: [8, 10] },
    brain: { dtype: "BF16", shape: [1], data_offsets: [10, 12] },
  }, [0, 0, 0xc0, 0x3f, 1, 0, 0xff, 0xff, 0, 0x3e, 0xc0, 0x3f]));
  assert.deepEqual(metadata, { format: "pt" });
  assert.deepEqual([...tensors].map(([name, tensor]) => [name, plain(tensor)]), [
    ["a", { dtype: "float32", shape: [], data: [1.5] }],
    ["b", { dtype: "int16", shape: [1, 2], data: [1, -1] }],
    ["none", { dtype: "float64", shape: [0, 3], data: [] }],
    ["half", { dtype: "float32", shape: [1], data: [1.5] }],
    ["brain", { dtype: "float32", shape: [1], data: [1.5] }],
  ]);
});

Deno.test("PyTorch's fixtures read with the shapes and norms that its manifest tells", async () => {
  const manifest = JSON.parse(Deno.readTextFileSync(fixture("manifest.json")));
  const { tensors } = await readSafetensors(fixture("fixtures.safetensors"));
  assert.equal(tensors.size, Object.keys(manifest.tensors).length);
  for (const [name, tensor] of tensors) {
    const told = manifest.tensors[name] as { shape: number[]; dtype: string; l2?: number };
    assert.deepEqual([tensor.shape, tensor.dtype], [told.shape, told.dtype], name);
    if (told.l2 === undefined) continue;
    const l2 = Math.hypot(...Array.from(tensor.data, Number));
    assert.ok(Math.abs(l2 - told.l2) < 1e-6 * (1 + told.l2), `${name}: ${l2}, not ${told.l2}`);
  }
});

const anyTensor = fc.constantFrom(...Object.keys(arrayTypes) as DType[]).chain((dtype) =>
  fc.array(fc.nat({ max: 4 }), { maxLength: 3 }).chain((shape) => {
    const count = shape.reduce((product, n) => product * n, 1);
    const type = arrayTypes[dtype];
    return fc.uint8Array({
      minLength: count * type.BYTES_PER_ELEMENT,
      maxLength: count * type.BYTES_PER_ELEMENT,
    }).map((bytes): Tensor => ({ dtype, shape, data: new type(bytes.slice().buffer) }));
  })
);

Deno.test("what is written reads back, whatever the types, shapes, names and metadata", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.safetensors");
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), anyTensor), {
      selector: ([name]) => name,
      maxLength: 8,
    }).filter((all) => all.every(([name]) => name !== "__metadata__" && name.isWellFormed())),
    fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
    async (entries, metadata) => {
      await writeSafetensors(path, new Map(entries), metadata);
      const read = await readSafetensors(path);
      assert.deepEqual({ ...read.metadata }, { ...metadata });
      const byName = (a: [string, unknown], b: [string, unknown]) => a[0] < b[0] ? -1 : 1;
      const plainly = (tensors: Iterable<[string, Tensor]>) =>
        [...tensors].sort(byName).map(([name, tensor]) => [name, plain(tensor)]);
      assert.deepEqual(plainly(read.tensors), plainly(entries));
    },
  ));
  assert.deepEqual(namesIn(folder.path), ["a.safetensors"]);
});

Deno.test("a file of more than is written at once reads back whole, wherever its tensors end", async () => {
  using folder = tempFolder();
  const lengths = [2 ** 20 - 100, 3, 0, 2 ** 20, 5, 2 ** 21 + 7, 40];
  const tensors = new Map<string, Tensor>(lengths.map((length, i) => [
    `t${i}`,
    { dtype: "float32", shape: [length], data: Float32Array.from({ length }, (_, k) => k + i) },
  ]));
  const path = join(folder.path, "large.safetensors");
  await writeSafetensors(path, tensors);
  assert.deepEqual((await readSafetensors(path)).tensors, tensors);
});

Deno.test("the same tensors give the same bytes in any order, aligned to 8 bytes", async () => {
  using folder = tempFolder();
  const tensors: [string, Tensor][] = [
    ["b", { dtype: "uint8", shape: [3], data: new Uint8Array(3) }],
    ["a", { dtype: "float32", shape: [1], data: new Float32Array(1) }],
    ["c", { dtype: "int64", shape: [], data: new BigInt64Array(1) }],
  ];
  const paths = ["1", "2"].map((name) => join(folder.path, name));
  await writeSafetensors(paths[0], new Map(tensors), { of: "test" });
  await writeSafetensors(paths[1], new Map(tensors.toReversed()), { of: "test" });
  const [one, two] = paths.map((path) => Deno.readFileSync(path));
  assert.deepEqual(one, two);
  assert.equal(new DataView(one.buffer).getUint32(0, true) % 8, 0);
  const [c, a, b] = (await readSafetensors(paths[0])).tensors.keys();
  assert.deepEqual([c, a, b], ["c", "a", "b"]);
});

const float = (start: number, end: number, shape = [1]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

for (
  const [what, bytes, message] of [
    ["a header cut off", file({ a: float(0, 4) }, []).subarray(0, 20), /header is too long/],
    ["data cut off", file({ a: float(0, 4) }, [1, 2]), /has 2 bytes of tensors, its header says 4/],
    ["data left over", file({ a: float(0, 4) }, [1, 2, 3, 4, 5]), /its header says 4/],
    ["overlapping tensors", file({ a: float(0, 4), b: float(0, 4) }, [1, 2, 3, 4]), /b overlaps/],
    ["a gap", file({ a: float(4, 8) }, [1, 2, 3, 4, 5, 6, 7, 8]), /a overlaps .* leaves a gap/],
    [
      "a size unlike its shape",
      file({ a: float(0, 4, [2]) }, [1, 2, 3, 4]),
      /a has 4 bytes.*\[2\]/,
    ],
    [
      "a shape beyond all numbers",
      file({ a: float(0, 4, [2 ** 40, 2 ** 40]) }, [1, 2, 3, 4]),
      /a has/,
    ],
    ["a negative size", file({ a: float(0, 4, [-1]) }, [1, 2, 3, 4]), /describes a wrongly/],
    ["offsets turned round", file({ a: float(4, 0) }, [1, 2, 3, 4]), /describes a wrongly/],
    ["an entry that is no object", file({ a: 1 }, []), /describes a wrongly/],
    ["a header that is no JSON", file("{nonsense", []), /header is no JSON/],
    ["metadata that is no map of strings", file({ __metadata__: { a: 1 } }, []), /metadata/],
    [
      "an unknown type",
      file({ a: { ...float(0, 4), dtype: "F4" } }, [1, 2, 3, 4]),
      /a has the type F4/,
    ],
    ["nothing", new Uint8Array(0), /cut off/],
  ] as const
) {
  Deno.test(`${what} is refused and named`, async () => {
    await assert.rejects(readBytes(bytes), (error: Error) => {
      assert.ok(error instanceof WeightsError, String(error));
      assert.match(error.message, /a\.safetensors/);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a tensor with more data than its shape is not written", async () => {
  using folder = tempFolder();
  const tensor: Tensor = { dtype: "float32", shape: [2], data: new Float32Array(3) };
  const path = join(folder.path, "a.safetensors");
  await assert.rejects(writeSafetensors(path, new Map([["w", tensor]])), /w has 3 elements/);
  assert.deepEqual(namesIn(folder.path), []);
});
