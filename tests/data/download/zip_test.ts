import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ZipError } from "../../../data/download/errors.ts";
import { checkZip, extractZip, photoLimits } from "../../../data/download/zip.ts";
import { ZipArchive } from "../../../data/download/zip_archive.ts";
import { makeZip, type ZipPart } from "./make_zip.ts";
import { namesIn, tempFolder } from "./temp_folder.ts";

/** Writes an archive, unpacks all of it into `folder/out`, and returns the names. */
async function unpack(folder: string, archive: ZipPart[] | Uint8Array): Promise<string[]> {
  const path = join(folder, "a.zip");
  Deno.writeFileSync(path, archive instanceof Uint8Array ? archive : makeZip(archive));
  using zip = await ZipArchive.open(path);
  const files = checkZip(zip);
  await extractZip(zip, new Map(files.map((name) => [name, name])), join(folder, "out"));
  return files;
}

/** That unpacking fails with this message, and that nothing is written. */
async function refuses(archive: ZipPart[] | Uint8Array, message: RegExp) {
  using folder = tempFolder();
  await assert.rejects(unpack(folder.path, archive), (error: Error) => {
    assert.ok(error instanceof ZipError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.includes(join(folder.path, "a.zip")), error.message);
    return true;
  });
  assert.deepEqual(namesIn(folder.path), ["a.zip"]);
}

Deno.test("files are unpacked with their content, stored or deflated, with sizes before or after", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({
          name: fc.stringMatching(/^[a-zä]{1,8}(\/[a-z]{1,8})?\.jpg$/),
          content: fc.uint8Array({ maxLength: 3000 }),
          deflate: fc.boolean(),
          descriptor: fc.boolean(),
        }),
        { selector: ({ name }) => name, maxLength: 6 },
      ),
      async (parts) => {
        using folder = tempFolder();
        assert.deepEqual(await unpack(folder.path, parts), parts.map(({ name }) => name));
        for (const { name, content } of parts) {
          assert.deepEqual(Deno.readFileSync(join(folder.path, "out", name)), content);
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("names with backslashes, as old programs of Windows write them, are read as paths", async () => {
  using folder = tempFolder();
  const parts = [
    { name: "top\\ants\\", mode: 0o40755 },
    { name: "top\\ants\\a.txt", content: "A" },
    { name: "top/b.txt", content: "B" },
  ];
  assert.deepEqual(await unpack(folder.path, parts), ["top/ants/a.txt", "top/b.txt"]);
  assert.equal(Deno.readTextFileSync(join(folder.path, "out/top/ants/a.txt")), "A");
  await refuses([parts[1], { name: "top/ants/a.txt", content: "B" }], /is there twice/);
});

Deno.test("a web page in place of an archive is called one, with what to do", async () => {
  for (const page of ["<!DOCTYPE html><title>Sign in</title>", "\n<!-- x --><HTML lang=en>"]) {
    await refuses(
      new TextEncoder().encode(page),
      /is a web page, not a zip archive: .* Download it in a browser, and give that file/,
    );
  }
});

Deno.test("an entry that is said to lie before the archive's beginning is damaged", async () => {
  using folder = tempFolder();
  const archive = makeZip([{ name: "a.txt", content: "A" }, { name: "b.txt", content: "B" }]);
  await assert.rejects(unpack(folder.path, archive.subarray(10)), ZipError);
});

Deno.test("only the chosen entries are unpacked, under the chosen names", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  const archive = makeZip([
    { name: "top/", mode: 0o40755 },
    { name: "top/a.txt", content: "A" },
    { name: "top/b.txt", content: "B" },
  ]);
  Deno.writeFileSync(path, archive);
  using zip = await ZipArchive.open(path);
  assert.deepEqual(checkZip(zip), ["top/a.txt", "top/b.txt"]);
  await extractZip(zip, new Map([["top/b.txt", "train/bees/b.txt"]]), join(folder.path, "out"));
  assert.equal(Deno.readTextFileSync(join(folder.path, "out/train/bees/b.txt")), "B");
  assert.deepEqual(namesIn(join(folder.path, "out/train/bees")), ["b.txt"]);
  assert.deepEqual(namesIn(join(folder.path, "out")), ["train"]);
});

for (
  const [name, message] of [
    ["../out.txt", /leaves the folder/],
    ["a/../../out.txt", /leaves the folder/],
    ["/etc/out.txt", /absolute/],
    ["C:/out.txt", /absolute/],
    ["c:out.txt", /absolute/],
    ["..\\out.txt", /leaves the folder/],
    ["C:\\out.txt", /absolute/],
    ["\\\\server\\out.txt", /absolute/],
    ["a/\0b.txt", /control character/],
    ["a//b.txt", /empty path part/],
    ["./b.txt", /empty path part/],
    ["", /empty path part/],
  ] as const
) {
  Deno.test(`an entry named ${JSON.stringify(name)} is refused`, async () => {
    await refuses([{ name: "good.txt", content: "x" }, { name, content: "x" }], message);
  });
}

Deno.test("a target that leaves the folder is refused as well", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  Deno.writeFileSync(path, makeZip([{ name: "a.txt", content: "A" }]));
  using zip = await ZipArchive.open(path);
  const out = join(folder.path, "out");
  await assert.rejects(extractZip(zip, new Map([["a.txt", "../b.txt"]]), out), /leaves the folder/);
  assert.ok(!existsSync(join(folder.path, "b.txt")));
});

Deno.test("a link is refused", async () => {
  await refuses([{ name: "passwd", content: "/etc/passwd", mode: 0o120777 }], /"passwd" is a link/);
});

Deno.test("an encrypted entry is refused", async () => {
  await refuses(
    [{ name: "a.txt", content: "x".repeat(20), encrypted: true }],
    /encrypted.*password/,
  );
});

Deno.test("two entries of one name are refused", async () => {
  await refuses([{ name: "a.txt", content: "1" }, { name: "a.txt", content: "2" }], /there twice/);
});

Deno.test("a file and a folder of one name are refused", async () => {
  await refuses([{ name: "a/", mode: 0o40755 }, { name: "a", content: "2" }], /there twice/);
});

Deno.test("an entry compressed as only bombs are is refused", async () => {
  const zeros = new Uint8Array(4 << 20);
  await refuses(
    [{ name: "a.png", content: zeros, deflate: true }],
    /compressed more than 200 times/,
  );
});

Deno.test("an entry that declares too many bytes is refused", async () => {
  await refuses([{ name: "a.png", content: "x", claims: { bytes: 0xfffffff0 } }], /more than the/);
});

Deno.test("limits hold for all entries together, in number and size", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  const names = Array.from({ length: 10 }, (_, i) => `${i}.txt`);
  Deno.writeFileSync(path, makeZip(names.map((name) => ({ name, content: "x".repeat(100) }))));
  using zip = await ZipArchive.open(path);
  assert.deepEqual(checkZip(zip), names);
  assert.throws(() => checkZip(zip, { ...photoLimits, totalBytes: 999 }), /exceeds 999 bytes/);
  assert.throws(() => checkZip(zip, { ...photoLimits, entries: 9 }), /more than 9 entries/);
});

Deno.test("an entry that holds more than it declares is cut off there", async () => {
  using folder = tempFolder();
  const content = new Uint8Array(3_000_000).fill(7);
  const parts = [{ name: "a.png", content, deflate: true, claims: { bytes: 1000 } }];
  await assert.rejects(unpack(folder.path, parts), ZipError);
  assert.ok(Deno.statSync(join(folder.path, "out/a.png")).size <= 1000);
});

Deno.test("a damaged entry is found by its CRC-32", async () => {
  using folder = tempFolder();
  const parts = [{ name: "a.png", content: "some bytes", claims: { crc: 1 } }];
  await assert.rejects(unpack(folder.path, parts), /a\.zip: a\.png is damaged/);
});

Deno.test("a zip cut off anywhere is refused and named", async () => {
  const whole = makeZip([{ name: "a.txt", content: "x".repeat(50) }]);
  for (const size of [0, 10, 60, whole.length - 22, whole.length - 1]) {
    await refuses(whole.slice(0, size), /not a whole zip archive/);
  }
});

Deno.test("a zip that lacks bytes in its middle is refused and named", async () => {
  const whole = makeZip([{ name: "a.txt", content: "x".repeat(50) }, { name: "b.txt" }]);
  for (let at = 0; at < 60; at++) {
    const holed = new Uint8Array([...whole.slice(0, at), ...whole.slice(at + 8)]);
    using folder = tempFolder();
    await assert.rejects(unpack(folder.path, holed), { name: "ZipError", message: /a\.zip/ });
  }
});

Deno.test("a file that is no zip is refused and named", async () => {
  await refuses(
    new TextEncoder().encode("no archive at all ".repeat(99)),
    /not a whole zip archive/,
  );
});

Deno.test("nothing is overwritten", async () => {
  using folder = tempFolder();
  Deno.mkdirSync(join(folder.path, "out"));
  Deno.writeTextFileSync(join(folder.path, "out/a.txt"), "mine");
  await assert.rejects(unpack(folder.path, [{ name: "a.txt", content: "x" }]), /would overwrite/);
  assert.equal(Deno.readTextFileSync(join(folder.path, "out/a.txt")), "mine");
});

Deno.test("an entry can be read into memory, and cannot claim more than deflate can hold", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  const liar = { name: "b", content: "x", claims: { bytes: 1_000_000 } };
  Deno.writeFileSync(path, makeZip([{ name: "a", content: "hello", deflate: true }, liar]));
  using zip = await ZipArchive.open(path);
  assert.equal(new TextDecoder().decode(await zip.read(zip.find("a")!)), "hello");
  await assert.rejects(zip.read(zip.find("b")!), /declares a size that it cannot have/);
});

Deno.test("an error of the sink, such as a full disk, is not taken for damage", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  Deno.writeFileSync(path, makeZip([{ name: "a", content: "x".repeat(300_000), deflate: true }]));
  using zip = await ZipArchive.open(path);
  const full = new Error("no space left");
  const sink = new WritableStream({ write: () => Promise.reject(full) });
  await assert.rejects(zip.stream(zip.find("a")!, sink), (error) => error === full);
});
