import assert from "node:assert/strict";
import { type Score, sweepTable } from "../../training/sweep_table.ts";

const score = (lr: string, seed: number, correct: number, branch = "frozen"): Score => ({
  labels: { lr, seed: `${seed}` },
  branch,
  correct,
  total: 100,
});

Deno.test("seeds of a setting are one row: mean, standard deviation, the best of them", () => {
  const { rows } = sweepTable([score("1", 0, 90), score("1", 1, 94), score("1", 2, 92)]);
  assert.equal(rows.length, 1);
  const [{ labels, branch, mean, standard_deviation, best, runs }] = rows;
  assert.deepEqual([labels, branch], [{ lr: "1" }, "frozen"]);
  assert.ok(Math.abs(mean - 0.92) < 1e-12);
  // Of 90, 94 and 92: the square root of (4 + 4 + 0) / 2.
  assert.ok(Math.abs(standard_deviation! - 0.02) < 1e-12);
  assert.deepEqual(best, { labels: { seed: "1" }, accuracy: 0.94, correct: 94, total: 100 });
  assert.deepEqual(runs.map(({ correct }) => correct), [90, 94, 92]);
});

Deno.test("the interval is Wilson's at the number of photos, however many seeds", () => {
  // The roots p of (0.92 - p)² = z² p (1 - p) / 100.
  for (const seeds of [1, 2, 50]) {
    const scores = Array.from({ length: seeds }, (_, seed) => score("1", seed, 92));
    const [{ interval: [low, high] }] = sweepTable(scores).rows;
    assert.ok(Math.abs(low - 0.8500) < 5e-5 && Math.abs(high - 0.9589) < 5e-5, `${low} ${high}`);
  }
});

Deno.test("settings and branches are rows of their own, the best mean first", () => {
  const { rows, not_worse } = sweepTable([
    score("1", 0, 60),
    score("2", 0, 91),
    score("2", 0, 90, "finetune"),
    score("2", 1, 93),
    score("3", 0, 84),
  ]);
  assert.deepEqual(rows.map(({ labels, branch, mean }) => [labels.lr, branch, mean]), [
    ["2", "frozen", 0.92],
    ["2", "finetune", 0.9],
    ["3", "frozen", 0.84],
    ["1", "frozen", 0.6],
  ]);
  // 0.90 lies within 0.850 to 0.959, 0.84 does not.
  assert.equal(not_worse, 1);
});

Deno.test("one run has no standard deviation, and a split's seed is a repetition, too", () => {
  const { rows } = sweepTable([
    { labels: { "split-seed": "0" }, branch: "frozen", correct: 9, total: 10 },
    { labels: { "split-seed": "1" }, branch: "frozen", correct: 11, total: 12 },
    { labels: { "split-seed": "1" }, branch: "finetune", correct: 0, total: 0 },
  ]);
  assert.deepEqual(rows.map(({ labels }) => labels), [{}, {}]);
  const [two, one] = rows.map(({ standard_deviation }) => standard_deviation);
  assert.ok(Math.abs(two! - (11 / 12 - 9 / 10) / Math.SQRT2) < 1e-12);
  assert.equal(one, null);
  assert.deepEqual(rows[0].best.labels, { "split-seed": "1" });
  assert.deepEqual(rows[1].interval, [0, 1]);
});
