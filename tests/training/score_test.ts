import assert from "node:assert/strict";
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
  assert.equal(takenBranch({ branches: { frozen: {} } }), "frozen");
});
