import assert from "node:assert/strict";
import { TrainingProgress } from "../../tasks/training_progress.ts";
import { START } from "../../models/manifest.ts";
import type { BatchProgress } from "../../training/run_phase.ts";

const BATCHES = { train: 10, val: 5 };
const TRAIN_MS = 100, VAL_MS = 30;
const batchOf = (phase: "train" | "val", epoch: number, batch: number): BatchProgress => ({
  phase,
  epoch,
  batch,
  batches: BATCHES[phase],
  loss: 0.5,
  accuracy: 0.75,
  batchLoss: 0.5,
  indices: [],
  crops: [],
});

/** Three epochs at a steady pace: what every batch says, and what was left in truth. */
function train() {
  let now = 0;
  const progress = new TrainingProgress(3, BATCHES, undefined, false, () => now);
  const said = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    for (const [phase, ms] of [["train", TRAIN_MS], ["val", VAL_MS]] as const) {
      for (let batch = 1; batch <= BATCHES[phase]; batch++) {
        now += ms;
        said.push({ event: progress.batch(batchOf(phase, epoch, batch)), at: now });
      }
    }
    const result = { loss: 0.5, accuracy: 0.6 + epoch / 10, seconds: 1 };
    progress.epoch({ epoch, lr: 1, train: result, val: result }, {
      epochs: [],
      best: { epoch, accuracy: result.accuracy },
    });
  }
  return said.map(({ event, at }) => ({ event, left: (now - at) / 1000 }));
}

Deno.test("time left is right from the first epoch on, though the phases differ in pace", () => {
  const said = train();
  for (const { event, left } of said.slice(12)) {
    assert.ok(Math.abs((event.seconds_left as number) - left) < 1e-9);
  }
  assert.equal(said[0].event.seconds_left, undefined, "one batch says nothing");
  for (const { event, left } of said.slice(1, 12)) {
    assert.ok((event.seconds_left as number) >= left, "val counts as training until it was seen");
  }
});

Deno.test("every event counts batches, and has the figures of the moment", () => {
  const events = train().map(({ event }) => event);
  assert.deepEqual(events.map(({ done }) => done), events.map((_, i) => i + 1));
  const { phase, epoch, epochs, loss, accuracy, best_accuracy, total } = events[32];
  assert.deepEqual(
    { phase, epoch, epochs, loss, accuracy, best_accuracy, total },
    {
      phase: "train",
      epoch: 2,
      epochs: 3,
      loss: 0.5,
      accuracy: 0.75,
      best_accuracy: 0.7,
      total: 45,
    },
  );
  assert.equal(events[0].best_accuracy, null);
});

Deno.test("what training begins with is counted, too, and is the best until an epoch is better", () => {
  let now = 0;
  const progress = new TrainingProgress(2, BATCHES, undefined, true, () => now);
  const events = [START, 0, 1].flatMap((epoch) => {
    const phases = epoch === START ? ["val"] as const : ["train", "val"] as const;
    const events = phases.flatMap((phase) =>
      Array.from({ length: BATCHES[phase] }, (_, i) => {
        now += 10;
        return progress.batch(batchOf(phase, epoch, i + 1));
      })
    );
    if (epoch === START) progress.start({ loss: 0.5, accuracy: 0.9, seconds: 1 });
    return events;
  });
  assert.deepEqual(events.map(({ done }) => done), events.map((_, i) => i + 1));
  assert.equal(events.at(-1)!.done, events.at(-1)!.total);
  assert.match(events[0].message!, /^epoch 0\/2 {2}val /);
  // Another epoch may be more often right than the one that is kept.
  assert.match(events[BATCHES.val].message!, / {2}kept {2}90\.0%$/);
  assert.equal(events[BATCHES.val].best_accuracy, 0.9);
  assert.ok(Math.abs(events[1].seconds_left! as number - 0.33) < 1e-9);
});

Deno.test("messages are of one width, so that two branches stand in columns", () => {
  const messages = train().map(({ event }) => event.message!);
  assert.equal(new Set(messages.map(({ length }) => length)).size, 1, messages.join("\n"));
  assert.equal(
    messages[40],
    "epoch 3/3  val   loss 0.5000  accuracy  75.0%  val  70.0%  best  70.0%",
  );
});

Deno.test("saying how far it is costs less than a hundredth of the fastest step", () => {
  const progress = new TrainingProgress(3, BATCHES);
  const started = performance.now();
  for (let i = 0; i < 1000; i++) JSON.stringify(progress.batch(batchOf("train", 0, 2)));
  const each = (performance.now() - started) / 1000;
  assert.ok(each < 0.2, `${each} ms of a frozen step's 40`);
});
