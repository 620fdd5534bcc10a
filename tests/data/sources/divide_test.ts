import assert from "node:assert/strict";
import fc from "fast-check";
import {
  describeDivision,
  divide,
  type Division,
  takeGroups,
} from "../../../data/sources/divide.ts";
import { planLayout } from "../../../data/sources/layout.ts";
import type { PlannedFile } from "../../../data/sources/plan.ts";

const division = { seed: 0, valFraction: 0.2 };
const fifth = { seed: 0, fraction: 0.2 };

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
      const val = takeGroups(files, groups, fifth);
      for (const group of groups) {
        assert.ok([0, group.length].includes(group.filter((file) => val.has(file)).length));
      }
      const shuffled = takeGroups(files.toReversed(), groups.toReversed(), fifth);
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
  const val = takeGroups(files, [first], fifth);
  const here = first.filter((file) => val.has(file)).length;
  assert.ok(here > 0 && here < first.length);
  const halves = takeGroups(files, [first.slice(0, 3), first.slice(3)], fifth);
  assert.equal(first.filter((file) => halves.has(file)).length, 3);
});

const three: Division = { seed: 3, valFraction: 0.2, parts: 3 };

/** How many of each part, by class. */
function partsOf(counts: number[], groupsOf: (files: PlannedFile[]) => PlannedFile[][] = () => []) {
  const files = planned(counts);
  const groups = groupsOf(files);
  const parts = divide(files, groups, three);
  const of = (className: string, part: string) =>
    files.filter((file) => file.className === className && parts.get(file) === part).length;
  const table = counts.map((_, c) =>
    ["train", "val", "test"].map((part) => of(`class ${c}`, part))
  );
  return { parts, groups, table, words: describeDivision(parts, three) };
}

Deno.test("a fifth is for testing and a fifth of the rest for validation, from 200 and 10 a class on", () => {
  const { table, words } = partsOf([950, 50]);
  assert.deepEqual(table, [[608, 152, 190], [32, 8, 10]]);
  assert.match(words, /^20% of each class, chosen by seed 3, are for testing, and 20% of the rest/);
});

for (const [what, counts] of [["199 photos", [945, 50]], ["9 of a class", [3000, 47]]] as const) {
  Deno.test(`nothing is kept for testing where it would be ${what}, and what is said is so`, () => {
    const { parts, words } = partsOf([...counts]);
    const two = divide([...parts.keys()], [], { ...three, parts: 2 });
    assert.deepEqual([...parts.values()], [...two.values()]);
    assert.ok(![...parts.values()].includes("test"));
    assert.match(words, /none are kept for testing, which takes 200 photos and 10 of each class/);
  });
}

Deno.test("a class that is one group cannot be tested, so nothing is", () => {
  const { table } = partsOf([1500, 500], (files) => [
    files.filter(({ className }) => className === "class 1"),
  ]);
  assert.deepEqual(table, [[1200, 300, 0], [400, 100, 0]]);
});

Deno.test("no group is on two sides of three, and each part has about its share", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 600, max: 900 }), { minLength: 2, maxLength: 3 }),
      fc.array(fc.uniqueArray(fc.nat(599), { minLength: 2, maxLength: 20 }), { maxLength: 20 }),
      (counts, chosen) => {
        const { parts, groups, table } = partsOf(counts, (files) => {
          const taken = new Set<PlannedFile>();
          return chosen.map((group) =>
            group.map((i) => files[i]).filter((file) => !taken.has(file) && taken.add(file))
          ).filter(({ length }) => length > 1);
        });
        for (const group of groups) {
          assert.equal(new Set(group.map((file) => parts.get(file))).size, 1);
        }
        for (const [i, [train, val, test]] of table.entries()) {
          assert.equal(train + val + test, counts[i]);
          assert.ok(Math.abs(test - 0.2 * counts[i]) <= 21, `${test} of ${counts[i]}`);
          assert.ok(Math.abs(val - 0.16 * counts[i]) <= 21, `${val} of ${counts[i]}`);
        }
      },
    ),
    { numRuns: 20 },
  ));
