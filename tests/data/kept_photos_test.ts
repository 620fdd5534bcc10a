/** Photos that were decoded before come out as if they were decoded. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { buildDataset } from "../../data/build_dataset.ts";
import { decodePhoto } from "../../data/decode_photo.ts";
import type { Examined } from "../../data/examined.ts";
import { type Items, KeptPhotos } from "../../data/kept_photos.ts";
import { startProcess } from "../../data/process_pool.ts";
import { png } from "./image_files.ts";
import { withTempFolder, writeFiles } from "./photo_folder.ts";
import { scene } from "./scene.ts";

class MapOfItems implements Items {
  readonly values = new Map<string, Uint8Array>();
  keyOf(content: Uint8Array): string {
    return createHash("sha256").update(content).digest("hex");
  }
  get(key: string): Uint8Array | undefined {
    return this.values.get(key);
  }
  put(key: string, value: Uint8Array): void {
    this.values.set(key, value.slice());
  }
}

const NAMES = ["train/ants/1", "train/ants/2", "train/bees/3", "val/ants/4", "val/bees/5"];
const FILES = Object.fromEntries(
  NAMES.map((name, i) => [`${name}.png`, png(scene(i, 60 + i, 40))]),
);

/** Builds a dataset; `new` are the photos that it decoded itself. */
async function build(folder: string, name: string, items: Items, earlier: string[]) {
  await Deno.mkdir(`${folder}/${name}`);
  const before = new Set((items as MapOfItems).values.keys());
  const put: string[] = [];
  const counting: Items = {
    keyOf: (content) => items.keyOf(content),
    get: (key) => items.get(key),
    put: (key, value) => {
      put.push(key);
      items.put(key, value);
    },
  };
  using kept = new KeptPhotos(counting, earlier.map((name) => `${folder}/${name}`));
  const examined: Examined[] = [];
  await buildDataset(`${folder}/photos`, `${folder}/${name}`, {
    ...{ workers: 1, exifOrientation: true, shortSide: 30, kept },
    onExamined: (photo) => examined.push(photo),
  });
  return { examined, decoded: put.length, unknown: put.filter((key) => !before.has(key)).length };
}

const FILES_OF_A_DATASET = ["dataset.json", "quarantine.json", "train.pack", "val.pack"];

async function assertSame(folder: string, one: string, other: string): Promise<void> {
  for (const file of FILES_OF_A_DATASET) {
    const bytes = await Promise.all(
      [one, other].map((name) => Deno.readFile(`${folder}/${name}/${file}`)),
    );
    assert.deepEqual(bytes[0], bytes[1], file);
  }
}

Deno.test("adding two photos decodes two, wherever the others lie now, and packs what a first run packs", () =>
  withTempFolder(async (folder) => {
    const items = new MapOfItems();
    await writeFiles(`${folder}/photos`, { ...FILES, "val/bees/broken.png": "no photo" });
    assert.equal((await build(folder, "a", items, [])).decoded, 5);
    await Deno.rename(`${folder}/photos/train/ants/2.png`, `${folder}/photos/val/ants/0.png`);
    await writeFiles(`${folder}/photos`, {
      "train/ants/6.png": png(scene(6, 70, 50)),
      "train/bees/0.png": png(scene(7, 50, 70)),
    });
    const grown = await build(folder, "b", items, ["a"]);
    assert.equal(grown.decoded, 2);
    const afresh = await build(folder, "c", new MapOfItems(), []);
    assert.equal(afresh.decoded, 7);
    assert.deepEqual(grown.examined, afresh.examined);
    await assertSame(folder, "b", "c");
    assert.equal((await build(folder, "d", items, ["gone", "a", "b"])).decoded, 0);
    await assertSame(folder, "d", "c");
  }));

Deno.test("pixels are taken from no pack that is damaged, gone or of another size: their photos are decoded", () =>
  withTempFolder(async (folder) => {
    const items = new MapOfItems();
    await writeFiles(`${folder}/photos`, FILES);
    await build(folder, "a", items, []);
    await build(folder, "afresh", new MapOfItems(), []);
    const pack = await Deno.readFile(`${folder}/a/train.pack`);
    const damages: Record<string, [() => Promise<void>, decoded: number]> = {
      bit: [async () => {
        const other = pack.slice();
        other[100] ^= 1; // of the first photo
        await Deno.writeFile(`${folder}/a/train.pack`, other);
      }, 1],
      short: [() => Deno.truncate(`${folder}/a/train.pack`, pack.length - 1), 1],
      gone: [() => Deno.remove(`${folder}/a/train.pack`), 3],
      index: [() => Deno.truncate(`${folder}/a/dataset.json`, 100), 5],
    };
    for (const [name, [damage, decoded]] of Object.entries(damages)) {
      await Deno.writeFile(`${folder}/a/train.pack`, pack);
      await damage();
      const rebuilt = await build(folder, name, items, ["a"]);
      assert.deepEqual([rebuilt.decoded, rebuilt.unknown], [decoded, 0], name);
      await assertSame(folder, name, "afresh");
    }
  }));

Deno.test("what is kept of a photo is found as it was, without pixels where it had none", async () => {
  const file = png(scene(3, 60, 40)) as Uint8Array<ArrayBuffer>;
  for (const examine of [true, false]) {
    const items = new MapOfItems();
    using kept = new KeptPhotos(items);
    assert.equal(await kept.find(file), undefined);
    const photo = await decodePhoto(file, { exifOrientation: true, examine, withoutPixels: true });
    assert.ok("data" in photo);
    await kept.keep(file, photo);
    assert.deepEqual(await kept.find(file), photo);
  }
});

Deno.test("photos that are kept need no decoder", () =>
  withTempFolder(async (folder) => {
    const items = new MapOfItems();
    await writeFiles(`${folder}/photos`, FILES);
    await build(folder, "a", items, []);
    await Deno.mkdir(`${folder}/b`);
    using kept = new KeptPhotos(items, [`${folder}/a`]);
    await buildDataset(`${folder}/photos`, `${folder}/b`, {
      ...{ workers: 1, exifOrientation: true, shortSide: 30, kept },
      onExamined() {},
      start: () => startProcess({ module: new URL("gone.ts", import.meta.url) }),
    });
    await assertSame(folder, "a", "b");
  }));
