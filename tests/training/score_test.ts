import assert from "node:assert/strict";
import { groupedInterval } from "../../data/statistics/grouped_interval.ts";
import { compareBranches, scoreBranch, takenBranch } from "../../training/score.ts";

const CLASSES = ["ants", "bees"];
const photo = (index: number, label: number, predicted: number) => ({
  index,
  label,
  logits: predicted === 0 ? [1, 0] : [0, 1],
});

Deno.test("a branch's score counts by class and by what each was taken for", () => {
  const score = scoreBranch(
    [photo(0, 0, 0), photo(1, 0, 1), photo(2, 1, 1), photo(3, 1, 1)],
    CLASSES,
  );
  assert.equal(score.accuracy, 0.75);
  assert.deepEqual([score.correct, score.total], [3, 4]);
  assert.deepEqual(score.confusion, [[1, 1], [0, 2]]);
  assert.equal(score.per_class.ants.accuracy, 0.5);
  assert.equal(score.per_class.bees.accuracy, 1);
  assert.ok(score.interval[0] < 0.75 && score.interval[1] > 0.75);
  assert.deepEqual(
    [score.per_class.ants.precision, score.per_class.ants.recall, score.per_class.bees.support],
    [1, 0.5, 2],
  );
  assert.equal(score.balanced_accuracy, 0.75);
  assert.ok(Math.abs(score.macro_f1! - (2 / 3 + 4 / 5) / 2) < 1e-12);
});

Deno.test("where photos belong together, intervals are those of their groups, by position", () => {
  const photos = Array.from({ length: 40 }, (_, i) => photo(i, i % 2, i < 30 ? i % 2 : 0));
  const classes = ["ants", "bees"];
  const alone = scoreBranch(photos, classes);
  const groups = photos.map((_, i) => `bird ${Math.floor(i / 10)}`);
  const grouped = scoreBranch(photos.toReversed(), classes, groups);
  const outcome = (i: number) => ({
    isRight: photos[i].logits.indexOf(Math.max(...photos[i].logits)) === photos[i].label,
    group: groups[i],
  });
  assert.deepEqual(grouped.interval, groupedInterval(photos.map((_, i) => outcome(i))));
  const bees = photos.flatMap(({ label }, i) => label === 1 ? [outcome(i)] : []);
  assert.deepEqual(grouped.per_class.bees.interval, groupedInterval(bees));
  assert.ok(grouped.interval[0] < alone.interval[0]);
  const bare = ({ interval: _, per_class: __, ...rest }: typeof alone) => rest;
  assert.deepEqual(bare(grouped), bare(alone));
});

Deno.test("branches are compared on the photos where they differ", () => {
  const wrongOn = (...wrong: number[]) =>
    Array.from({ length: 40 }, (_, i) => photo(i, 0, wrong.includes(i) ? 1 : 0));
  const small = compareBranches(wrongOn(1), wrongOn(1, 2, 3));
  assert.deepEqual(
    [small.better, small.only_finetune_right, small.only_frozen_right, small.p_value],
    ["finetune", 2, 0, 0.5],
  );
  assert.match(small.summary, /finetune got 2 more of 40 photos right: chance alone explains that/);
  const large = compareBranches(wrongOn(...Array.from({ length: 12 }, (_, i) => i)), wrongOn(39));
  assert.equal(large.better, "frozen");
  assert.match(large.summary, /more than chance explains/);
  assert.equal(compareBranches(wrongOn(1), wrongOn(2)).better, "equal");
});

Deno.test("branches that saw different photos are not compared", () => {
  assert.throws(() => compareBranches([photo(0, 0, 0)], [photo(1, 0, 0)]), /different photos/);
});

Deno.test("the better branch is taken, finetune on a tie, and the only one where there is one", () => {
  const branches = { finetune: {}, frozen: {} };
  assert.equal(takenBranch({ branches, comparison: { better: "frozen" } }), "frozen");
  assert.equal(takenBranch({ branches, comparison: { better: "finetune" } }), "finetune");
  assert.equal(takenBranch({ branches, comparison: { better: "equal" } }), "finetune");
  const known = { finetune: {}, frozen: { cross_validated: { correct: 9 } } };
  assert.equal(takenBranch({ branches: known, comparison: { better: "equal" } }), "frozen");
  assert.equal(takenBranch({ branches: known, comparison: { better: "finetune" } }), "finetune");
  assert.equal(takenBranch({ branches: { frozen: {} } }), "frozen");
});
