import assert from "node:assert/strict";
import { chooseEpoch } from "../../../bench/accuracy/choose_epoch.ts";

const point = (accuracy: number, loss: number, id: number) => ({
  lr: 1,
  train: { accuracy, loss },
  val: { accuracy, loss },
  test: { accuracy: id, loss: id, right: "" },
});
/** The start, then epochs by number. */
const run = (...points: [accuracy: number, loss: number][]) => {
  const [start, ...epochs] = points.map(([accuracy, loss], id) => point(accuracy, loss, id));
  return { start, epochs };
};
const kept = (...args: Parameters<typeof chooseEpoch>) => chooseEpoch(...args).kept.test.accuracy;

Deno.test("each rule keeps what it says, and the start where nothing is better", () => {
  const mixed = run([0.9, 0.5], [0.8, 0.2], [0.95, 0.6], [0.95, 0.4], [0.7, 0.3]);
  assert.equal(kept(mixed, "accuracy"), 3);
  assert.equal(kept(mixed, "accuracy, ties to the earlier"), 2);
  assert.equal(kept(mixed, "loss"), 1);
  assert.equal(kept(mixed, "last"), 4);
  const worse = run([0.9, 0.1], [0.9, 0.1], [0.8, 0.2]);
  for (const rule of ["accuracy", "accuracy, ties to the earlier", "loss"] as const) {
    assert.equal(kept(worse, rule), 0);
  }
});

Deno.test("patience ends where no epoch was better for as long", () => {
  const late = run([0.5, 1], [0.4, 1], [0.4, 1], [0.9, 1]);
  assert.deepEqual(
    [null, 3, 2].map((patience) => chooseEpoch(late, "accuracy", patience).trained),
    [3, 3, 2],
  );
  assert.equal(kept(late, "accuracy", 2), 0);
});
