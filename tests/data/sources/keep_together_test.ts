import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { resize } from "../../../data/resize.ts";
import { divideGroups } from "../../../data/sources/keep_together.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { parseSource } from "../../../data/sources/spec.ts";
import type { PlannedFile } from "../../../data/sources/plan.ts";
import { planLayout } from "../../../data/sources/layout.ts";
import { png } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

const division = { seed: 0, valFraction: 0.2 };

/** `counts` photos of each class, divided as for photos that have nothing in common. */
function planned(counts: number[]): PlannedFile[] {
  const paths = counts.flatMap((count, c) =>
    Array.from({ length: count }, (_, i) => `class ${c}/${i}.jpg`)
  );
  return planLayout(paths, "mine", division).files;
}

Deno.test("a group is on one side, each class has about its part, and nothing depends on the order", () =>
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 2, maxLength: 3 }),
    fc.array(fc.uniqueArray(fc.nat(89), { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
    (counts, chosen) => {
      const files = planned(counts);
      const taken = new Set<PlannedFile>();
      const groups = chosen.map((group) =>
        group.map((i) => files[i % files.length]).filter((file, i, all) =>
          !taken.has(file) && all.indexOf(file) === i && taken.add(file)
        )
      ).filter(({ length }) => length > 1);
      const val = divideGroups(files, groups, division);
      for (const group of groups) {
        assert.ok([0, group.length].includes(group.filter((file) => val.has(file)).length));
      }
      const shuffled = divideGroups(files.toReversed(), groups.toReversed(), division);
      assert.deepEqual(
        new Set(Array.from(shuffled, ({ className, file }) => `${className}/${file}`)),
        new Set(Array.from(val, ({ className, file }) => `${className}/${file}`)),
      );
      if (groups.length > 0) return;
      assert.deepEqual(val, new Set(files.filter(({ split }) => split === "val")));
    },
  )));

Deno.test("a class keeps photos on both sides, even when all of them are near duplicates", () => {
  const files = planned([6, 10]);
  const first = files.filter(({ className }) => className === "class 0");
  const val = divideGroups(files, [first], division);
  const here = first.filter((file) => val.has(file)).length;
  assert.ok(here > 0 && here < first.length);
  const halves = divideGroups(files, [first.slice(0, 3), first.slice(3)], division);
  assert.equal(first.filter((file) => halves.has(file)).length, 3);
});

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
