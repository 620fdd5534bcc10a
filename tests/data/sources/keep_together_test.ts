import assert from "node:assert/strict";
import { join } from "node:path";
import { resize } from "../../../data/resize.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { parseSource } from "../../../data/sources/spec.ts";
import { png } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

Deno.test("copies of a photo in one's own folder end on its side, and the note says so", () =>
  withTempFolder(async (folder) => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 12; i++) {
      for (const [name, offset] of [["ants", 0], ["bees", 50]] as const) {
        const photo = scene(i + offset, 60, 45);
        files[`photos/${name}/${i}.png`] = png(photo);
        if (i % 2 === 0) files[`photos/${name}/${i} copy.png`] = png(resize(photo, 50, 38));
      }
    }
    await writeFiles(folder, files);
    for (const seed of [0, 1, 2]) {
      const out = join(folder, `out ${seed}`);
      const { note, counts } = await materialize(parseSource(`${folder}/photos`), out, { seed });
      assert.match(note!, /24 near duplicates are kept on one side each/);
      for (const name of ["ants", "bees"]) {
        const sides = ["train", "val"].map((split) =>
          new Set([...Deno.readDirSync(`${out}/photos/${split}/${name}`)].map((file) => file.name))
        );
        for (let i = 0; i < 12; i += 2) {
          const side = sides.findIndex((side) => side.has(`${i}.png`));
          assert.ok(sides[side].has(`${i} copy.png`), `${name} ${i} by seed ${seed}`);
        }
        assert.deepEqual([counts.train[name], counts.val[name]], sides.map(({ size }) => size));
        assert.ok(counts.val[name] >= 3 && counts.val[name] <= 4, `${counts.val[name]} of 18`);
      }
    }
  }));

Deno.test("copies stay on one side of three, and a test of the source's own stays as it is", () =>
  withTempFolder(async (folder) => {
    const files: Record<string, Uint8Array> = {};
    for (const [name, offset] of [["ants", 0], ["bees", 600]] as const) {
      for (let i = 0; i < 520; i++) {
        const photo = scene(i + offset, 24, 18);
        files[`photos/${name}/${i}.png`] = png(photo);
        if (i % 40 === 0) files[`photos/${name}/${i} copy.png`] = files[`photos/${name}/${i}.png`];
      }
    }
    await writeFiles(folder, files);
    const spec = parseSource(`${folder}/photos`);
    const { note, counts } = await materialize(spec, `${folder}/out`, { seed: 0, parts: 3 });
    assert.match(
      note!,
      /20% of each class, chosen by seed 0, are for testing, and 20% of the rest/,
    );
    const sides = ["train", "val", "test"].map((split) =>
      new Set(
        ["ants", "bees"].flatMap((name) =>
          [...Deno.readDirSync(`${folder}/out/photos/${split}/${name}`)].map((file) =>
            `${name}/${file.name}`
          )
        ),
      )
    );
    assert.equal(sides[2].size, counts.test!.ants + counts.test!.bees);
    assert.ok(sides[2].size >= 200);
    for (const path of Object.keys(files).map((path) => path.replace("photos/", ""))) {
      const original = path.replace(" copy", "");
      const at = sides.findIndex((side) => side.has(path));
      assert.ok(sides[at].has(original), path);
    }

    const given = Object.fromEntries(
      Object.entries(files).filter(([path]) => /\/[0-9] ?(copy)?\.png/.test(path)).map((
        [path, bytes],
      ) => [path.replace("photos/", "given/train/"), bytes]),
    );
    // The test holds a copy of a photo to train on: the doctor says so, and nothing is moved for it.
    for (const name of ["ants", "bees"]) {
      given[`given/test/${name}/x.png`] = files[`photos/${name}/0.png`];
    }
    await writeFiles(folder, given);
    const own = await materialize(parseSource(`${folder}/given`), `${folder}/own`, {
      seed: 0,
      parts: 3,
    });
    assert.deepEqual(own.counts.test, { ants: 1, bees: 1 });
    assert.deepEqual([...Deno.readDirSync(`${folder}/own/photos/test/ants`)].length, 1);
  }));
