import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { materialize } from "../../../data/sources/materialize.ts";
import { parseSource, type SourceSpec } from "../../../data/sources/spec.ts";
import { WrongContentError, ZipError } from "../../../data/download/errors.ts";
import { gzipSync } from "node:zlib";
import { makeTar } from "../download/make_tar.ts";
import { serveFile } from "../download/file_server.ts";
import { makeZip } from "../download/make_zip.ts";
import { namesIn, tempFolder } from "../download/temp_folder.ts";
import { photos, readTree, writeTree } from "./photo_tree.ts";

const both = ["train/ants/a.jpg", "train/bees/b.png", "val/ants/c.jpeg", "val/bees/d.webp"];
const counts = { train: { ants: 1, bees: 1 }, val: { ants: 1, bees: 1 } };
const archive = makeZip(
  both.map((path) => ({ name: `top/${path}`, content: path, deflate: true })),
);
const sha256 = createHash("sha256").update(archive).digest("hex");
const expected = Object.fromEntries(both.map((path) => [path, path]));

/** Runs a source into a new folder below `folder`, and returns its report and the photos. */
async function run(
  folder: string,
  spec: string | SourceSpec,
  options: Partial<Parameters<typeof materialize>[2]> = {},
) {
  const destination = Deno.makeTempDirSync({ dir: folder });
  const parsed = typeof spec === "string" ? parseSource(spec) : spec;
  const info = await materialize(parsed, destination, { seed: 0, ...options });
  assert.deepEqual(namesIn(destination), ["photos"]);
  return { info, photos: readTree(join(destination, "photos")) };
}

/** That a source fails with this message and leaves nothing. */
async function fails(
  folder: string,
  spec: string,
  message: RegExp,
  type: new (message: string) => Error = Error,
) {
  const destination = Deno.makeTempDirSync({ dir: folder });
  await assert.rejects(
    materialize(parseSource(spec), destination, { seed: 0, mirror: folder }),
    (error: Error) => {
      assert.ok(error instanceof type, String(error));
      assert.match(error.message, message);
      return true;
    },
  );
  assert.deepEqual(namesIn(destination), []);
}

Deno.test("a folder with train and val is copied, and described without its place", async () => {
  using folder = tempFolder();
  writeTree(join(folder.path, "one/insects"), both);
  writeTree(join(folder.path, "two/insects"), both);
  const { info, photos } = await run(folder.path, join(folder.path, "one/insects"));
  assert.deepEqual(photos, expected);
  const lines = both.toSorted()
    .map((path) => `${createHash("sha256").update(path).digest("hex")}  ${path}\n`);
  assert.deepEqual(info, {
    kind: "folder",
    origin: "insects",
    sha256: createHash("sha256").update(lines.join("")).digest("hex"),
    counts,
  });
  assert.deepEqual((await run(folder.path, join(folder.path, "two/insects/"))).info, info);
});

Deno.test("a folder of class folders is divided by seed and fraction", async () => {
  using folder = tempFolder();
  writeTree(join(folder.path, "insects"), [...photos("ants", 10), ...photos("bees", 20)]);
  const spec = join(folder.path, "insects");
  const one = await run(folder.path, spec);
  assert.deepEqual(one.info.counts, { train: { ants: 8, bees: 16 }, val: { ants: 2, bees: 4 } });
  assert.deepEqual(await run(folder.path, spec), one);
  const other = await run(folder.path, spec, { seed: 1 });
  assert.notDeepEqual(other.photos, one.photos);
  assert.equal(other.info.sha256, one.info.sha256);
  const half = await run(folder.path, spec, { valFraction: 0.5 });
  assert.deepEqual(half.info.counts, { train: { ants: 5, bees: 10 }, val: { ants: 5, bees: 10 } });
});

Deno.test("links in a folder are followed, and those that go round are passed over", {
  ignore: Deno.build.os === "windows",
}, async () => {
  using folder = tempFolder();
  const root = join(folder.path, "insects");
  writeTree(root, ["train/ants/a.jpg", "train/bees/b.png", "val/ants/c.jpeg"]);
  writeTree(root, [".kept/d.webp"]);
  Deno.symlinkSync(join(root, ".kept"), join(root, "val/bees"));
  Deno.symlinkSync(root, join(root, "train/ants/round"));
  const { photos } = await run(folder.path, root);
  assert.deepEqual(Object.keys(photos), both);
});

Deno.test("what is no file, or lies outside, is named and left out, and the rest goes on", {
  ignore: Deno.build.os === "windows",
}, async () => {
  using folder = tempFolder();
  const root = join(folder.path, "insects");
  writeTree(root, both);
  writeTree(folder.path, ["secret.jpg"]);
  const plain = await run(folder.path, root);
  Deno.symlinkSync(join(folder.path, "secret.jpg"), join(root, "train/ants/out.jpg"));
  Deno.symlinkSync("/dev/zero", join(root, "train/ants/zero.jpg"));
  Deno.symlinkSync("nowhere.jpg", join(root, "train/bees/gone.jpg"));
  await new Deno.Command("mkfifo", { args: [join(root, "val/ants/pipe.jpg")] }).output();
  writeTree(root, ["val/ants/.DS_Store", "val/bees/Thumbs.db", "val/bees/.DS_Store"]);
  const lines: string[] = [];
  assert.deepEqual(await run(folder.path, root, { log: (line) => lines.push(line) }), plain);
  const said = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  assert.equal(lines.length, 4);
  assert.equal(
    said(/^left out 2 files \(train.ants.*: each is a link that leads out of the folder: copy/),
    1,
  );
  assert.equal(said(/^left out train.bees.gone\.jpg: it is a link to nothing$/), 1);
  assert.equal(said(/^left out val.ants.pipe\.jpg: it is a named pipe, not a file$/), 1);
  assert.equal(said(/^passed over 3 hidden files and the like \(/), 1);
});

Deno.test("files beside the photos change nothing, and are said; photos under odd names stay", async () => {
  using folder = tempFolder();
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  const odd = ["train/ants/e.CR2", "train/ants/f.jfif"];
  const sidecars = ["train/ants/a.xmp", "train/bees/notes.txt", "val/ants/LICENSE"];
  const root = join(folder.path, "insects");
  writeTree(root, [...both, ...odd]);
  Deno.writeFileSync(join(root, "train/bees/nameless"), jpeg);
  const before = await run(folder.path, root);
  assert.deepEqual(
    Object.keys(before.photos).sort(),
    [...both, ...odd, "train/bees/nameless"].sort(),
  );
  writeTree(root, sidecars);
  const lines: string[] = [];
  assert.deepEqual(await run(folder.path, root, { log: (line) => lines.push(line) }), before);
  assert.match(lines.join(), /^passed over 3 files that are no photos \(.*\.xmp/);
  assert.match(lines.join(), /\.txt/);

  const parts = [...both, ...odd, ...sidecars].map((name) => ({ name, content: name }));
  parts.push({ name: "__MACOSX/train/ants/._a.jpg", content: "" });
  Deno.writeFileSync(join(folder.path, "a.zip"), makeZip(parts));
  const log: string[] = [];
  const zipped = await run(folder.path, join(folder.path, "a.zip"), {
    log: (line) => log.push(line),
  });
  assert.deepEqual(Object.keys(zipped.photos).sort(), [...both, ...odd].sort());
  Deno.writeFileSync(
    join(folder.path, "a.zip"),
    makeZip([...both, ...odd].map((name) => ({ name, content: name, deflate: true }))),
  );
  assert.deepEqual(
    await run(folder.path, join(folder.path, "a.zip")),
    zipped,
    "nor does the packing count",
  );
  assert.deepEqual(log, [
    "passed over 1 hidden file and the like (__MACOSX)",
    "passed over 3 files that are no photos (.xmp, .txt, val/ants/LICENSE)",
  ]);
});

Deno.test("a zip is unpacked without the folder around the data set", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "insects.zip");
  Deno.writeFileSync(path, archive);
  const { info, photos } = await run(folder.path, path);
  assert.deepEqual(photos, expected);
  const sha256OfText = (text: string) => createHash("sha256").update(text).digest("hex");
  const lines = both.map((path) => `${sha256OfText(path)}  top/${path}\n`).join("");
  const content = { sha256: sha256OfText(lines) };
  assert.deepEqual(info, { kind: "zip", origin: "insects.zip", ...content, counts });
});

Deno.test("a part of an address that opens something names no file among the downloads", async () => {
  using folder = tempFolder();
  await using server = serveFile(archive);
  const secret = "aB3dE5fG7hI9jK1lM3nO5";
  const downloads = join(folder.path, "downloads");
  const { info } = await run(folder.path, server.url.replace("archive.bin", `${secret}.zip`), {
    downloads,
  });
  assert.equal(info.origin, server.url.replace("archive.bin", "….zip"));
  const [address] = namesIn(downloads);
  assert.ok(namesIn(join(downloads, address)).includes("photos.zip"));
});

Deno.test("a zip from an address is the same from the mirror, without the address's secrets", async () => {
  using folder = tempFolder();
  await using server = serveFile(archive);
  const url = server.url.replace("archive.bin", "insects.zip");
  const { info, photos } = await run(folder.path, `${url}?token=abc`);
  assert.deepEqual(photos, expected);
  assert.deepEqual(info, { kind: "url", origin: `${url}?token=…`, sha256, counts });

  Deno.writeFileSync(join(folder.path, "insects.zip"), archive);
  const mirrored = await run(folder.path, `${url}?token=abc`, { mirror: folder.path });
  assert.deepEqual(mirrored.info, info);
  assert.equal(server.ranges.length, 1);
});

Deno.test("a download that broke goes on from the downloads folder", async () => {
  using folder = tempFolder();
  await using server = serveFile(archive);
  server.tag = '"1"';
  server.breaksAfter = [100, 100, 100, 100];
  const downloads = join(folder.path, "downloads");
  const destination = join(folder.path, "out");
  const options = { seed: 0, downloads };
  await assert.rejects(
    materialize(parseSource(server.url), destination, options),
    /keeps what came/,
  );
  assert.ok(!existsSync(join(destination, "photos")));
  assert.deepEqual(
    (await materialize(parseSource(server.url), destination, options)).counts,
    counts,
  );
  assert.equal(server.ranges.at(-1), "bytes=400-");
});

Deno.test("progress is told in bytes, then in files", async () => {
  using folder = tempFolder();
  await using server = serveFile(archive);
  const seen: string[] = [];
  await run(folder.path, server.url, {
    progress: ({ unit, done, total }) => seen.push(`${unit} ${done}/${total}`),
  });
  assert.equal(
    seen.find((line) => line.startsWith("bytes")),
    `bytes ${archive.length}/${archive.length}`,
  );
  assert.equal(seen.at(-1), "files 4/4");
});

Deno.test("a package's data set is found by its folders, its licence in its metadata", async () => {
  using folder = tempFolder();
  const wheel = makeZip([
    ...both.map((path) => ({ name: `insects/data/${path}`, content: path })),
    { name: "insects/__init__.py", content: "" },
    {
      name: "insects-1.2.dist-info/METADATA",
      content: "Name: insects\nLicense: CC0\n\nLicense: no",
    },
  ]);
  Deno.writeFileSync(join(folder.path, "insects-1.2-py3-none-any.whl"), wheel);
  const { info, photos } = await run(folder.path, "pypi:Insects", { mirror: folder.path });
  assert.deepEqual(photos, expected);
  assert.deepEqual(info, {
    kind: "pypi",
    origin: "pypi:insects==1.2",
    sha256: createHash("sha256").update(wheel).digest("hex"),
    licence: "CC0",
    counts,
  });
});

Deno.test("hymenoptera and auto refuse an archive of that name that is another", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "hymenoptera_data.zip"), archive);
  for (const spec of ["hymenoptera", "auto"]) {
    await fails(folder.path, spec, /hymenoptera_data\.zip has SHA-256/, WrongContentError);
  }
});

Deno.test("what cannot be had or used is an error that names it, and leaves nothing", async () => {
  using folder = tempFolder();
  const path = (name: string) => join(folder.path, name);
  Deno.writeFileSync(path("cut.zip"), archive.subarray(0, archive.length / 2));
  Deno.writeFileSync(path("evil.zip"), makeZip([{ name: "../a.jpg", content: "x" }]));
  writeTree(path("one"), photos("ants", 3));
  await fails(folder.path, path("nothing"), /nothing is no folder\. Photos come from auto/);
  await fails(folder.path, path("evil.zip").replace(".zip", ".zap"), /evil\.zap is no folder/);
  await fails(folder.path, path("nothing.zip"), /There is no file .*nothing\.zip/);
  await fails(folder.path, path("cut.zip"), /cut\.zip is not a whole zip archive/, ZipError);
  await fails(folder.path, path("evil.zip"), /"\.\.\/a\.jpg" leaves the folder/, ZipError);
  await fails(folder.path, path("one"), /one has only one class, ants/);
  await using server = serveFile(new TextEncoder().encode("<html>Sign in</html>"));
  await fails(folder.path, server.url, /archive\.bin is a web page, not a zip archive/, ZipError);
});

Deno.test("a damaged photo in a zip takes what was unpacked away again", async () => {
  using folder = tempFolder();
  const parts = both.map((name) => ({ name, content: name }));
  const damaged = { ...parts[3], claims: { crc: 1 } };
  Deno.writeFileSync(join(folder.path, "a.zip"), makeZip([...parts.slice(0, 3), damaged]));
  await fails(folder.path, join(folder.path, "a.zip"), /val\/bees\/d\.webp is damaged/, ZipError);
});

Deno.test("photos that are there already are never touched", async () => {
  using folder = tempFolder();
  writeTree(join(folder.path, "insects"), both);
  writeTree(join(folder.path, "out"), ["photos/mine.jpg"]);
  const spec = parseSource(join(folder.path, "insects"));
  await assert.rejects(
    materialize(spec, join(folder.path, "out"), { seed: 0 }),
    Deno.errors.AlreadyExists,
  );
  assert.deepEqual(readTree(join(folder.path, "out/photos")), { "mine.jpg": "photos/mine.jpg" });
});

const mirror = Deno.env.get("GRAFT_MIRROR");
const real = mirror !== undefined && existsSync(join(mirror, "hymenoptera_data.zip"));
if (!real) {
  console.log("sources: without hymenoptera_data.zip in GRAFT_MIRROR, no test on real photos");
}

Deno.test("the tutorial's archive gives its 244 and 153 photos, and one file that is none", {
  ignore: !real,
}, async () => {
  using folder = tempFolder();
  const destination = join(folder.path, "out");
  const info = await materialize({ kind: "auto" }, destination, { seed: 0, mirror });
  assert.equal(info.kind, "hymenoptera");
  assert.equal(info.origin, "https://download.pytorch.org/tutorial/hymenoptera_data.zip");
  assert.equal(info.note, undefined);
  assert.deepEqual(info.counts, { train: { ants: 123, bees: 121 }, val: { ants: 70, bees: 83 } });
  const ants = join(destination, "photos/train/ants");
  assert.equal([...Deno.readDirSync(ants)].length, 124);
  assert.ok(existsSync(join(ants, "imageNotFound.gif")));
});

Deno.test("a tar, also compressed or from an address, gives what a zip of the same does", async () => {
  using folder = tempFolder();
  const tar = makeTar([
    { name: "./", type: "5" },
    { name: "./._train", content: "of a Mac" },
    ...both.map((path) => ({ name: `./top/${path}`, content: path })),
  ]);
  const path = join(folder.path, "insects");
  await Deno.writeFile(`${path}.zip`, archive);
  await Deno.writeFile(`${path}.tar`, tar);
  await Deno.writeFile(`${path}.tar.gz`, gzipSync(tar));
  const zip = await run(folder.path, `${path}.zip`);
  for (const name of ["insects.tar", "insects.tar.gz"]) {
    const { info, photos } = await run(folder.path, join(folder.path, name));
    assert.deepEqual(photos, expected);
    assert.deepEqual(info, { ...zip.info, kind: "tar", origin: name });
  }
  const { info, photos } = await run(folder.path, "https://host.invalid/insects.tar.gz", {
    mirror: folder.path,
  });
  assert.deepEqual(photos, expected);
  assert.deepEqual([info.kind, info.counts], ["url", counts]);
  await Deno.writeFile(`${path}.tar`, makeTar([{ name: "../x.jpg" }]));
  await fails(folder.path, `${path}.tar`, /"\.\.\/x\.jpg" leaves the folder/, ZipError);
});

Deno.test("a list of labels sorts photos of a folder, a zip and a tar alike, and labels count", async () => {
  using folder = tempFolder();
  const root = join(folder.path, "mine");
  const files = photos("images", 10);
  writeTree(root, files);
  const label = (i: number) => i % 2 ? "ant" : "bee";
  const list = ["image;class", ...files.map((path, i) => `${path};${label(i)}`), "gone.jpg;ant"];
  await Deno.writeTextFile(join(root, "labels.csv"), `\ufeff${list.join("\r\n")}`);
  const parts = [
    ...files.map((path) => ({ name: path, content: path })),
    { name: "labels.csv", content: list.join("\n") },
  ];
  await Deno.writeFile(`${root}.zip`, makeZip(parts));
  await Deno.writeFile(`${root}.tgz`, gzipSync(makeTar(parts)));
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const found = await run(folder.path, root, { log });
  assert.deepEqual(found.info.counts, { train: { ant: 4, bee: 4 }, val: { ant: 1, bee: 1 } });
  for (const [target, content] of Object.entries(found.photos)) {
    const [, className, name] = target.split("/");
    assert.equal(content, `images/${name}`);
    assert.equal(className, label(parseInt(name)));
  }
  for (const other of [`${root}.zip`, `${root}.tgz`]) {
    const { info, photos } = await run(folder.path, other, { log });
    assert.deepEqual(photos, found.photos);
    assert.equal(info.sha256, found.info.sha256);
  }
  const missing = "left out gone.jpg: it is named in labels.csv, but is not there";
  assert.equal(said.filter((line) => line === missing).length, 3);
  // Another label of one photo is another source.
  await Deno.writeTextFile(
    join(root, "labels.csv"),
    list.join("\n").replace("0.jpg;bee", "0.jpg;ant"),
  );
  const changed = await run(folder.path, root);
  assert.notEqual(changed.info.sha256, found.info.sha256);
});

Deno.test("a list refuses labels that lead elsewhere, and nothing is left", async () => {
  using folder = tempFolder();
  const root = join(folder.path, "mine");
  writeTree(root, photos("images", 4));
  await Deno.writeTextFile(
    join(root, "l.json"),
    JSON.stringify({ "0.jpg": "../../x", "1.jpg": "a" }),
  );
  await fails(
    folder.path,
    root,
    /l\.json, the entry "0\.jpg": the label "\.\.\/\.\.\/x" has a slash/,
  );
});
