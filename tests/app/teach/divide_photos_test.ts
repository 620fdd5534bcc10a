/** Photos taught in a page are divided as the pipeline divides the same photos in a folder. */
import assert from "node:assert/strict";
import { dividePhotos, type SeenPhoto } from "../../../app/teach/divide_photos.ts";
import { openDataset } from "../../../data/dataset.ts";
import { buildDataset } from "../../../data/build_dataset.ts";
import { decodeImage } from "../../../data/decode.ts";
import { fingerprintOf } from "../../../data/fingerprint.ts";
import { parseGroupRule } from "../../../data/sources/group_rule.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { labelsOf } from "../../../tasks/artifacts/features.ts";
import { encodePng } from "../../../report/png.ts";
import { Generator } from "../../../data/torch_random.ts";

const FOLDS = 5;

/** A picture of coarse squares, so that a little noise leaves it nearly the same. */
function picture(seed: number, noise: number): Uint8Array<ArrayBuffer> {
  const coarse = new Generator(seed), fine = new Generator(1000 * seed + noise);
  const squares = Array.from({ length: 48 }, () => coarse.uniformDouble() * 230);
  const [width, height] = [40, 40];
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / 3), x = pixel % width, y = Math.floor(pixel / width);
    const square = Math.floor(y / 10) * 4 + Math.floor(x / 10);
    data[at] = squares[3 * square + at % 3] + (noise > 0 ? fine.uniformDouble() * 3 : 0);
  }
  return encodePng({ width, height, data }) as Uint8Array<ArrayBuffer>;
}

/** Loose photos, and takes of which all photos are nearly the same, or are not. */
function files(takes: number): Map<string, Uint8Array<ArrayBuffer>> {
  const all = new Map<string, Uint8Array<ArrayBuffer>>();
  let seed = 1;
  for (const name of ["Zebra", "ant", "bee"]) {
    for (let i = 0; i < 9; i++) all.set(`${name}/IMG_${i * 7}.png`, picture(seed++, 0));
    all.set(`${name}/copy of one.png`, picture(seed - 1, 1));
    for (let take = 0; take < takes; take++) {
      const folder = `${name}/take ${String(seed).padStart(4, "0")}`;
      for (let i = 0; i < 3; i++) {
        all.set(`${folder}/000${i}.png`, picture(take % 2 ? seed : seed++, i));
      }
      seed++;
    }
  }
  return all;
}

async function seenOf(all: ReadonlyMap<string, Uint8Array>): Promise<SeenPhoto[]> {
  return await Promise.all(Array.from(all, async ([path, bytes]) => {
    const [className, ...file] = path.split("/");
    const image = await decodeImage(bytes, { exifOrientation: true });
    return { className, file: file.join("/"), fingerprint: fingerprintOf(image) };
  }));
}

for (const takes of [0, 4]) {
  Deno.test(`as the pipeline divides them, with ${takes} takes a class`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const all = files(takes);
      for (const [path, bytes] of all) {
        const target = `${folder}/photos/${path}`;
        await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
        await Deno.writeFile(target, bytes);
      }
      // In whatever order they were taken.
      const divided = dividePhotos((await seenOf(all)).reverse(), { seed: 3, folds: FOLDS });
      assert.equal(divided.byTake, takes > 0);
      assert.equal(divided.objection, undefined);

      let groups: Readonly<Record<string, string>> = {};
      await materialize({ kind: "folder", path: `${folder}/photos` }, `${folder}/source`, {
        seed: 3,
        parts: 3,
        ...(takes > 0 && { group: parseGroupRule("folder") }),
        onGroups: (found) => groups = found,
      });
      await Deno.mkdir(`${folder}/datasets`);
      await buildDataset(`${folder}/source/photos`, `${folder}/datasets`, {
        exifOrientation: true,
        alike: true,
        groups,
      });
      using dataset = await openDataset(`${folder}/datasets`);
      for (const part of ["train", "val"] as const) {
        const own = divided.photos.filter((photo) => photo.part === part);
        assert.deepEqual(
          own.map(({ photo }) => `${part}/${photo.className}/${photo.file}`),
          dataset.photos(part).map(({ path }) => path),
        );
      }
      const { groups: joined, labels, classes } = labelsOf(
        dataset.photos("train"),
        dataset.classes,
      );
      const train = divided.photos.filter(({ part }) => part === "train");
      assert.deepEqual(divided.classes, classes);
      assert.deepEqual(train.map(({ label }) => label), [...labels]);
      assert.deepEqual(train.map(({ group }) => group), joined);
      assert.ok(new Set(joined).size < train.length, "none belong together, which tells nothing");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("takes are let go where a class has too few, and what cannot be measured is said", async () => {
  const few = [...files(4)].filter(([path]) => !/^ant\/(IMG|copy)/.test(path));
  const takes = new Set(
    few.map(([path]) => path).filter((path) => path.startsWith("ant"))
      .map((path) => path.split("/")[1]),
  );
  const [first] = takes;
  const one = new Map(few.filter(([path]) => !path.startsWith("ant") || path.includes(first)));
  const divided = dividePhotos(await seenOf(one), { seed: 0, folds: FOLDS });
  assert.equal(divided.byTake, false);
  const same = new Map(
    [...one].flatMap(([path, bytes]) => path.startsWith("ant") ? [] : [[path, bytes] as const]),
  );
  for (let i = 0; i < 6; i++) same.set(`ant/${i}.png`, picture(99, i));
  const { objection } = dividePhotos(await seenOf(same), { seed: 0, folds: FOLDS });
  assert.match(objection!, /all photos of ant that are taught show nearly the same/);
  const alone = new Map([...one].filter(([path]) => path.startsWith("bee")));
  assert.match(
    dividePhotos(await seenOf(alone), { seed: 0, folds: FOLDS }).objection!,
    /there is one class/,
  );
});
