import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { buildDataset, buildTest } from "../../data/build_dataset.ts";
import { boundShortSide } from "../../data/short_side.ts";
import { openDataset } from "../../data/dataset.ts";
import type { Quarantined } from "../../data/dataset_index.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };
import { toPpm, withTempFolder, writeFiles } from "./photo_folder.ts";
import { scene } from "./scene.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

const PHOTOS = {
  "train/ants/1.ppm": syntheticPhoto(1, 7, 5),
  "train/ants/deep/2.ppm": syntheticPhoto(2, 30, 20),
  "train/bees/a.ppm": syntheticPhoto(3, 1, 9),
  "train/bees/b.ppm": syntheticPhoto(4, 64, 48),
  "val/bees/c.ppm": syntheticPhoto(5, 12, 12),
  "val/bees/d.ppm": syntheticPhoto(6, 5, 4),
};
const FILES = Object.fromEntries(
  Object.entries(PHOTOS).map(([path, photo]) => [path, toPpm(photo)]),
);

function fixture(name: string): Uint8Array {
  const { file } = photoFiles.find((each) => each.name === name)!;
  return Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Runs a test with folders of photos and for the dataset. */
function withPhotos(
  files: Record<string, Uint8Array | string>,
  test: (photos: string, out: string) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (folder) => {
    await writeFiles(`${folder}/photos`, files);
    await Deno.mkdir(`${folder}/out`);
    await test(`${folder}/photos`, `${folder}/out`);
  });
}

Deno.test("a dataset has every photo's pixels, size, label and digest, in ImageFolder's order", () =>
  withPhotos(FILES, async (photos, out) => {
    const index = await buildDataset(photos, out, { workers: 2 });
    using dataset = await openDataset(out);
    assert.deepEqual(dataset.classes, ["ants", "bees"]);
    assert.deepEqual([...dataset.photos("train"), ...dataset.photos("val")], index.photos);
    assert.deepEqual(index.photos.map(({ path }) => path), Object.keys(PHOTOS));
    assert.deepEqual(index.photos.map(({ label }) => label), [0, 0, 1, 1, 1, 1]);
    for (const split of ["train", "val"] as const) {
      for (const [i, photo] of dataset.photos(split).entries()) {
        const path = photo.path as keyof typeof PHOTOS;
        assert.deepEqual(dataset.readPhoto(split, i), PHOTOS[path], path);
        assert.equal(photo.sha256, sha256(FILES[path]));
      }
    }
    assert.throws(() => dataset.readPhoto("val", 2), /2 photos, none of index 2/);
    assert.equal(await Deno.readTextFile(`${out}/quarantine.json`), "[]\n");
  }));

Deno.test("near duplicates are written down where that is asked for, by the first of them", () => {
  const [bee, other] = [scene(41, 120, 90), scene(42, 120, 90)];
  const brighter = { ...bee, data: bee.data.map((value) => Math.min(255, value + 8)) };
  const files = {
    "train/ants/1.ppm": toPpm(scene(43, 100, 80)),
    "train/bees/1.ppm": toPpm(bee),
    "train/bees/2.ppm": toPpm(other),
    "train/bees/3.ppm": toPpm(brighter),
    "val/ants/1.ppm": toPpm(scene(44, 100, 80)),
  };
  return withPhotos(files, async (photos, out) => {
    const asked = await buildDataset(photos, out, { workers: 1, alike: true });
    const first = "train/bees/1.ppm";
    assert.deepEqual(
      asked.photos.map(({ alike }) => alike),
      [undefined, first, undefined, first, undefined],
    );
    using dataset = await openDataset(out);
    assert.equal(dataset.photos("train")[3].alike, first);
    const unasked = await buildDataset(photos, out, { workers: 1 });
    assert.ok(unasked.photos.every((photo) => !("alike" in photo)));
  });
});

Deno.test("photos are kept with a bounded shorter side where that is asked for, the doctor sees all of them", () =>
  withPhotos(FILES, async (photos, out) => {
    const examined: string[] = [];
    const shortSide = 2;
    await buildDataset(photos, out, {
      shortSide,
      onExamined: ({ photo }) => examined.push(`${photo!.width}×${photo!.height}`),
    });
    using dataset = await openDataset(out);
    const all = Object.values(PHOTOS).map(({ width, height }) => `${width}×${height}`);
    assert.deepEqual(examined, all);
    for (const split of ["train", "val"] as const) {
      for (const [i, { path }] of dataset.photos(split).entries()) {
        const whole = PHOTOS[path as keyof typeof PHOTOS];
        assert.deepEqual(dataset.readPhoto(split, i), boundShortSide(whole, shortSide), path);
      }
    }
    assert.ok(
      [...dataset.photos("train"), ...dataset.photos("val")].some(({ path, width }) =>
        width < PHOTOS[path as keyof typeof PHOTOS].width
      ),
    );
    const { shortSide: said } = JSON.parse(await Deno.readTextFile(`${out}/dataset.json`));
    assert.equal(said, shortSide);
  }));

Deno.test("test is packed apart, by train's labels, and the rest is as without it", () => {
  const test = {
    "test/bees/x.ppm": syntheticPhoto(7, 9, 8),
    "test/bees/y.ppm": syntheticPhoto(8, 4, 4),
  };
  const files = Object.fromEntries(
    Object.entries(test).map(([path, photo]) => [path, toPpm(photo)]),
  );
  const broken = { "test/ants/broken.ppm": "no photo", "test/ants/notes.txt": "no name" };
  return withPhotos({ ...FILES, ...files, ...broken }, async (photos, out) => {
    await Deno.mkdir(`${out}/test`);
    const index = await buildDataset(photos, out, { workers: 2 });
    assert.deepEqual(index.photos.map(({ path }) => path), Object.keys(PHOTOS));
    const left: Quarantined[] = [];
    await buildTest(photos, `${out}/test`, index.classes, {
      onQuarantine: (one) => left.push(one),
    });
    using dataset = await openDataset(`${out}/test`, ["test"]);
    assert.deepEqual(dataset.photos("test").map(({ path }) => path), Object.keys(test));
    assert.deepEqual(dataset.photos("test").map(({ label }) => label), [1, 1]);
    assert.deepEqual(dataset.photos("train"), []);
    for (const [i, photo] of Object.values(test).entries()) {
      assert.deepEqual(dataset.readPhoto("test", i), photo);
    }
    assert.deepEqual(left.map(({ path }) => path), ["test/ants/notes.txt", "test/ants/broken.ppm"]);
    await Deno.truncate(`${out}/test/test.pack`, 5);
    await assert.rejects(openDataset(`${out}/test`, ["test"]), /test\.pack has 5 bytes/);
  });
});

Deno.test("without photos to test by, that dataset is empty; with none that can be used it is refused", () =>
  withPhotos(FILES, async (photos, out) => {
    const classes = ["ants", "bees"];
    const index = await buildTest(photos, out, classes);
    assert.deepEqual(index, { schema: 1, classes, exifOrientation: false, photos: [] });
    using dataset = await openDataset(out, ["test"]);
    assert.deepEqual(dataset.photos("test"), []);
    await writeFiles(photos, { "test/ants/broken.ppm": "no photo" });
    await assert.rejects(
      buildTest(photos, out, classes),
      /test has no photo that can be used; .*broken/,
    );
    await writeFiles(photos, { "test/wasps/w.ppm": FILES["val/bees/c.ppm"] });
    await assert.rejects(
      buildTest(photos, out, classes),
      /test has classes that train has not: wasps; .* or remove them from test/,
    );
  }));

Deno.test("the files written are the same for any number of workers", () =>
  withPhotos({ ...FILES, "train/ants/broken.jpg": "no" }, async (photos, out) => {
    const digests = [];
    for (const workers of [1, 4]) {
      await buildDataset(photos, out, { workers });
      const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
      assert.deepEqual(names, ["dataset.json", "quarantine.json", "train.pack", "val.pack"]);
      digests.push(names.map((name) => sha256(Deno.readFileSync(`${out}/${name}`))));
    }
    assert.deepEqual(digests[0], digests[1]);
  }));

Deno.test("what is no photo is quarantined with its reason, and the others are kept", () => {
  const jpeg = fixture("4:2:0.jpeg");
  const files = {
    ...FILES,
    "train/ants/0 whole.jpg": jpeg,
    "train/ants/cut off.jpg": jpeg.slice(0, jpeg.length / 2),
    "train/bees/page.jpg": "<html>",
    "train/bees/notes.txt": "bees",
    "val/bees/empty.png": "",
  };
  return withPhotos(files, async (photos, out) => {
    await Deno.symlink(`${photos}/nowhere`, `${photos}/train/bees/dangling.png`);
    const told: Quarantined[] = [];
    const steps: [number, number][] = [];
    const index = await buildDataset(photos, out, {
      workers: 3,
      onQuarantine: (quarantined) => told.push(quarantined),
      progress: (done, total) => steps.push([done, total]),
    });
    assert.deepEqual(JSON.parse(await Deno.readTextFile(`${out}/quarantine.json`)), told);
    const reasons = Object.fromEntries(told.map(({ path, reason }) => [path, reason]));
    assert.equal(told.length, 5);
    assert.match(reasons["train/ants/cut off.jpg"], /^truncated/);
    assert.match(reasons["train/bees/page.jpg"], /^not an image/);
    assert.match(reasons["train/bees/dangling.png"], /^cannot be read: .*No such file/);
    assert.match(reasons["train/bees/notes.txt"], /not a photo by its name/);
    assert.match(reasons["val/bees/empty.png"], /empty/);
    assert.equal(index.photos.length, Object.keys(FILES).length + 1);
    assert.deepEqual(steps, steps.map((_, i) => [i + 1, 11]));
    using dataset = await openDataset(out);
    assert.equal(dataset.readPhoto("train", 0).data.length, 23 * 17 * 3);
  });
});

Deno.test("photos are turned upright only when asked to, and the dataset says so", () =>
  withPhotos(
    { ...FILES, "train/ants/0.jpg": fixture("orientation 6.jpeg") },
    async (photos, out) => {
      for (const exifOrientation of [false, true]) {
        await buildDataset(photos, out, { workers: 1, exifOrientation });
        using dataset = await openDataset(out);
        const { width, height } = dataset.photos("train")[0];
        assert.deepEqual([width, height], exifOrientation ? [17, 23] : [23, 17]);
        assert.equal(dataset.exifOrientation, exifOrientation);
      }
    },
  ));

const ppm = toPpm(syntheticPhoto(1, 2, 2));
for (
  const [what, files, message] of [
    ["one class", { "train/a/1.ppm": ppm, "val/a/1.ppm": ppm }, /class a alone/],
    [
      "a class of nothing but broken photos",
      { "train/a/1.ppm": ppm, "train/b/1.jpg": "no", "val/a/1.ppm": ppm },
      /train\/b has no photo .*train\/b\/1\.jpg: not an image/,
    ],
    [
      "an empty class",
      { "train/a/1.ppm": ppm, "train/b/x.txt": "", "val/a/1.ppm": ppm },
      /train\/b has no photo/,
    ],
    [
      "a class in val alone",
      { "train/a/1.ppm": ppm, "train/b/1.ppm": ppm, "val/c/1.ppm": ppm },
      /val has classes that train has not: c; train has a, b/,
    ],
    [
      "nothing to validate with",
      { "train/a/1.ppm": ppm, "train/b/1.ppm": ppm, "val/a/1.ppm": "P6" },
      /val has no photo/,
    ],
    [
      "no val",
      { "train/a/1.ppm": ppm, "train/b/1.ppm": ppm },
      /cannot list the folder .*val: it does not exist/,
    ],
  ] as [string, Record<string, Uint8Array>, RegExp][]
) {
  Deno.test(`${what} is refused, and no dataset is left that opens`, () =>
    withPhotos(files, async (photos, out) => {
      await assert.rejects(buildDataset(photos, out, { workers: 1 }), message);
      await assert.rejects(openDataset(out), /dataset\.json does not exist/);
    }));
}

Deno.test("building stops with the reason it was aborted for", () =>
  withPhotos(FILES, async (photos, out) => {
    const controller = new AbortController();
    const building = buildDataset(photos, out, {
      workers: 1,
      signal: controller.signal,
      progress: () => controller.abort(new Error("enough")),
    });
    await assert.rejects(building, /^Error: enough$/);
    await assert.rejects(openDataset(out), /does not exist/);
  }));

for (
  const [what, damage, message] of [
    ["a shortened pack", (out) => Deno.truncate(`${out}/train.pack`, 1000), /train\.pack has 1000/],
    ["a missing pack", (out) => Deno.remove(`${out}/val.pack`), /val\.pack does not exist/],
    [
      "half an index",
      (out) => Deno.truncate(`${out}/dataset.json`, 99),
      /dataset\.json is no JSON/,
    ],
    [
      "an index of another kind",
      (out) => Deno.writeTextFile(`${out}/dataset.json`, '{"schema": 2}'),
      /another kind \(schema/,
    ],
    [
      "an index that contradicts itself",
      async (out) => {
        const index = JSON.parse(await Deno.readTextFile(`${out}/dataset.json`));
        index.photos[1].offset++;
        await Deno.writeTextFile(`${out}/dataset.json`, JSON.stringify(index));
      },
      /does not fit together at train\/ants\/deep\/2\.ppm/,
    ],
  ] as [string, (out: string) => Promise<void>, RegExp][]
) {
  Deno.test(`${what} is refused when a dataset is opened`, () =>
    withPhotos(FILES, async (photos, out) => {
      await buildDataset(photos, out, { workers: 1 });
      await damage(out);
      await assert.rejects(openDataset(out), message);
    }));
}

Deno.test("building needs to read the photos and the source, to write the output, and no more", () => {
  const repository = new URL("../../", import.meta.url);
  const files: Record<string, Uint8Array> = {
    ...FILES,
    "train/ants/x.jpg": fixture("progressive.jpeg"),
  };
  for (const name of ["lossy.webp", "palette.gif", "cmyk.jpeg", "RGB tiff_lzw.tiff"]) {
    files[`train/bees/${name}.png`] = fixture(name);
  }
  return withPhotos(files, async (photos, out) => {
    const script = `import { buildDataset, buildTest } from "${new URL(
      "data/build_dataset.ts",
      repository,
    )}";
      const { photos } = await buildDataset(${JSON.stringify(photos)}, ${JSON.stringify(out)});
      console.log(photos.length);`;
    await Deno.writeTextFile(`${photos}/build.ts`, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        `--config=${new URL("deno.json", repository).pathname}`,
        `--allow-read=${photos},${new URL("data", repository).pathname}`,
        `--allow-write=${out}`,
        `${photos}/build.ts`,
      ],
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.equal(text(stdout).trim(), String(Object.keys(files).length), text(stderr));
  });
});
