import assert from "node:assert/strict";
import fc from "fast-check";
import { epochLine, readEpochLine } from "../../tasks/epoch_line.ts";

const phase = fc.record({
  loss: fc.oneof(
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.constantFrom(NaN, Infinity, 1e30),
  ),
  accuracy: fc.oneof(fc.double({ min: 0, max: 1 }), fc.constantFrom(NaN, 0, 1, 1e-9, 1 - 1e-9)),
  seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
});

Deno.test("an epoch's line gives back its figures, as far as its digits go", () => {
  const near = (said: number | null, value: number, within: number) =>
    Number.isFinite(value)
      ? Math.abs(said! - value) <= within + Math.abs(value) * 1e-12
      : said === null;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999 }),
      phase,
      phase,
      fc.double({ min: 0, max: 1 }),
      fc.constantFrom("best" as const, "kept" as const),
      (epoch, train, val, best, called) => {
        const line = epochLine({ epoch, lr: 0.1, train, val }, 1000, best, called);
        const read = readEpochLine(line)!;
        assert.equal(read.epoch, epoch);
        for (const [said, true_] of [[read.train, train], [read.val, val]] as const) {
          assert.ok(near(said.loss, true_.loss, 5.1e-5), `${line}: ${said.loss}`);
          assert.ok(near(said.accuracy, true_.accuracy, 1.01e-3), `${line}: ${said.accuracy}`);
        }
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("other lines are no epochs", () => {
  const lines = [
    "",
    "left out epoch 1/2: train",
    "epoch 1/2",
    "goes on after epoch 3/5, kept in x",
  ];
  for (const line of lines) assert.equal(readEpochLine(line), undefined);
});
