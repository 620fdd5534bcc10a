import assert from "node:assert/strict";
import { progressOf } from "../../../app/review/progress.ts";
import { emptyJournal } from "../../../data/review/journal.ts";
import { KNOWN } from "./reviewed.ts";

const move = (i: number, to: string) => ({
  decision: "move" as const,
  class: to,
  photos: [{ path: KNOWN[i].path }],
});

Deno.test("photos to test by that change are counted, and the same answers scored by both labels", () => {
  const journal = {
    ...emptyJournal(),
    decisions: [
      move(3, "bees"), // as the model says: right now
      { decision: "set aside" as const, photos: [{ path: KNOWN[8].path }] }, // a mistake is gone
      move(4, "wasps"), // right before, wrong now
      move(9, "bees"), // as it was
      { decision: "keep" as const, photos: [{ path: KNOWN[13].path }] },
      move(0, "bees"), // to train on
    ],
  };
  const { scores, decided, undoable } = progressOf(journal, KNOWN);
  assert.deepEqual(scores, [
    {
      part: "train",
      changed: 1,
      before: { correct: 6, total: 9 },
      after: { correct: 7, total: 9 },
    },
    { part: "test", changed: 3, before: { correct: 3, total: 6 }, after: { correct: 3, total: 5 } },
  ]);
  assert.deepEqual(decided[3], { decision: "move", class: "bees" });
  assert.deepEqual(decided[13], { decision: "keep" });
  assert.equal(undoable, 6);
});

Deno.test("without a model's answers there is nothing to score", () => {
  const photos = KNOWN.map(({ path, className, part }) => ({ path, className, part }));
  assert.deepEqual(progressOf(emptyJournal(), photos).scores, []);
});
