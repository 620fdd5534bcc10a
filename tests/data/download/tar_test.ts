import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { ZipError } from "../../../data/download/errors.ts";
import { openArchive } from "../../../data/download/open_archive.ts";
import { checkTar, extractTar, isTar, readTar } from "../../../data/download/tar.ts";
import { photoLimits } from "../../../data/download/zip.ts";
import { readTree, writeTree } from "../sources/photo_tree.ts";
import { makeTar, type TarPart } from "./make_tar.ts";
import { makeZip } from "./make_zip.ts";
import { namesIn, tempFolder } from "./temp_folder.ts";

const parts: TarPart[] = [
  { name: "./", type: "5" },
  { name: "./ants/", type: "5" },
  { name: "./ants/1.jpg", content: "one" },
  { name: "bees/ü.jpg", content: "x".repeat(1000) },
  { name: "empty.jpg" },
];
const files = { "ants/1.jpg": "one", "bees/ü.jpg": "x".repeat(1000), "empty.jpg": "" };

/** Unpacks all of an archive, and returns what lies in the folder then. */
async function unpacked(folder: string, bytes: Uint8Array): Promise<Record<string, string>> {
  const path = join(folder, "a.tar");
  await Deno.writeFile(path, bytes);
  const target = await Deno.makeTempDir({ dir: folder });
  const names = (await checkTar(path)).filter((name) => !name.endsWith("/"));
  await extractTar(path, new Map(names.map((name) => [name, name])), target);
  return readTree(target);
}

async function refused(bytes: Uint8Array, reason: RegExp, limits = photoLimits): Promise<void> {
  using folder = tempFolder();
  const path = join(folder.path, "a.tar");
  await Deno.writeFile(path, bytes);
  await Deno.mkdir(join(folder.path, "out"));
  for (
    const work of [
      () => checkTar(path, { limits }),
      () => extractTar(path, new Map(), join(folder.path, "out"), { limits }),
    ]
  ) {
    await assert.rejects(work, (error: Error) => {
      assert.ok(error instanceof ZipError, String(error));
      assert.match(error.message, reason);
      assert.ok(error.message.startsWith(path));
      return true;
    });
  }
  assert.deepEqual(namesIn(folder.path), ["a.tar", "out"]);
}

Deno.test("a tar, and one that gzip compressed, is unpacked as it was packed", async () => {
  using folder = tempFolder();
  const tar = makeTar(parts);
  assert.deepEqual(await unpacked(folder.path, tar), files);
  assert.deepEqual(await unpacked(folder.path, gzipSync(tar)), files);
});

for (const format of ["gnu", "ustar", "pax"]) {
  Deno.test(`what the system's tar packs (${format}) is unpacked, long names too`, async (t) => {
    using folder = tempFolder();
    const long = `${"d".repeat(90)}/${"é".repeat(30)}/${"f".repeat(80)}.jpg`;
    writeTree(join(folder.path, "in"), ["ants/1.jpg", long]);
    const { code, stderr } = await new Deno.Command("tar", {
      args: [`--format=${format}`, "-czf", "a.tgz", "-C", "in", "."],
      cwd: folder.path,
    }).output().catch(() => ({ code: 127, stderr: new Uint8Array() }));
    if (code !== 0) {
      console.log(`${t.name}: this system's tar does not: ${new TextDecoder().decode(stderr)}`);
      return;
    }
    const bytes = await Deno.readFile(join(folder.path, "a.tgz"));
    assert.deepEqual(await unpacked(folder.path, bytes), {
      "ants/1.jpg": "ants/1.jpg",
      [long]: long,
    });
  });
}

for (
  const [part, reason] of [
    [{ name: "../x.jpg" }, /its entry "\.\.\/x\.jpg" leaves the folder/],
    [{ name: "a/../../x.jpg" }, /leaves the folder/],
    [{ name: "/etc/x.jpg" }, /is an absolute path/],
    [{ name: "C:/x.jpg" }, /is an absolute path/],
    [{ name: "a\\x.jpg" }, /has a backslash/],
    [{ name: "a\x1b.jpg" }, /has a control character/],
    [{ name: "a//x.jpg" }, /has an empty path part/],
    [{ name: "ants/1.jpg" }, /is there twice/],
    [{ name: "l", type: "2", linkname: "/etc/passwd" }, /is a link: pack what it points to/],
    [{ name: "l", type: "1", linkname: "ants/1.jpg" }, /is a link/],
    [{ name: "d", type: "3" }, /is no file \(character-device\)/],
    [{ name: "p", type: "6" }, /is no file \(fifo\)/],
    [{ name: "x.jpg", claims: 9999 }, /is not a whole tar archive \(.*\): fetch or pack it again/],
  ] as [TarPart, RegExp][]
) {
  const { name, type = "0", claims = "" } = part;
  Deno.test(`an entry ${JSON.stringify(name)} (type ${type} ${claims}) is refused`, async () => {
    await refused(makeTar([...parts, part]), reason);
    await refused(gzipSync(makeTar([...parts, part])), reason);
  });
}

Deno.test("what fills a disk is refused before it is unpacked", async () => {
  const big = gzipSync(makeTar([{ name: "x.jpg", content: new Uint8Array(3 << 20) }]));
  await refused(big, /is compressed more than 200 times/);
  await refused(makeTar(parts), /has more than 3 entries/, { ...photoLimits, entries: 3 });
  await refused(makeTar(parts), /has 1000 bytes, more than the 999 allowed/, {
    ...photoLimits,
    entryBytes: 999,
  });
  await refused(makeTar(parts), /content exceeds 1002 bytes/, { ...photoLimits, totalBytes: 1002 });
});

Deno.test("an archive that is cut off or changed anywhere is refused, or has the same files", async () => {
  const tar = makeTar(parts), gzip = gzipSync(tar);
  using folder = tempFolder();
  const all = fc.record({
    bytes: fc.constantFrom(tar, gzip),
    at: fc.nat(tar.length - 1),
    isCut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(all, async ({ bytes, at, isCut }) => {
      const place = at % bytes.length;
      const damaged = isCut ? bytes.slice(0, place) : bytes.slice();
      if (!isCut) damaged[place] ^= 0x41;
      try {
        const found = await unpacked(folder.path, damaged);
        // Nothing but a photo's own bytes, which a tar does not check, may differ.
        assert.deepEqual(Object.keys(found), Object.keys(files));
      } catch (error) {
        assert.ok(error instanceof ZipError, String(error));
      }
    }),
    { seed: 17, numRuns: 150 },
  );
});

Deno.test("what is called a tar and is none is refused as that", async () => {
  using folder = tempFolder();
  for (const content of ["", "<html>", "\x1f\x8b"]) {
    await Deno.writeTextFile(join(folder.path, "a.tgz"), content);
    await assert.rejects(
      openArchive(join(folder.path, "a.tgz")),
      /a\.tgz is not a whole tar archive/,
    );
  }
  await assert.rejects(openArchive(join(folder.path, "b.tar")), Deno.errors.NotFound);
});

Deno.test("nothing is written over, and a file in the way is named", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.tar");
  await Deno.writeFile(path, makeTar(parts));
  await Deno.writeTextFile(join(folder.path, "x"), "mine");
  await assert.rejects(
    extractTar(path, new Map([["ants/1.jpg", "x"]]), folder.path),
    /ants\/1.jpg would overwrite .*x/,
  );
  assert.equal(await Deno.readTextFile(join(folder.path, "x")), "mine");
  await assert.rejects(
    extractTar(path, new Map([["ants/1.jpg", "../x"]]), folder.path),
    /leaves the folder/,
  );
});

Deno.test("one file of an archive is read, where it is not too large", async () => {
  using folder = tempFolder();
  const tar = join(folder.path, "a"), zip = join(folder.path, "b");
  await Deno.writeFile(tar, makeTar(parts));
  await Deno.writeFile(zip, makeZip([{ name: "ants/1.jpg", content: "one" }]));
  assert.deepEqual([await isTar(tar), await isTar(zip)], [true, false]);
  assert.equal(await readTar(tar, "nothing", 9), undefined);
  for (const path of [tar, zip]) {
    using archive = await openArchive(path);
    assert.equal(new TextDecoder().decode(await archive.read("ants/1.jpg", 3)), "one");
    assert.equal(await archive.read("ants/1.jpg", 2), undefined);
  }
});
