import assert from "node:assert/strict";
import * as fc from "fast-check";
import { barLine } from "../../../app/cli/bar_line.ts";

/** What training says with each batch. */
const MESSAGE = "epoch 12/25  train loss 0.3012  accuracy  84.5%  val  90.2%  best  90.2%";
const bar = { share: 0.75, left: "12 min 30 s left", message: MESSAGE };

Deno.test("a wide terminal shows all; where there is less room the bar gives way, then what is said last", () => {
  const lineOf = (columns: number) => barLine({ step: "train_finetune", ...bar }, 16, columns);
  assert.equal(
    lineOf(130),
    `train_finetune   ████████████░░░░ 75%  12 min 30 s left ${MESSAGE}`,
  );
  assert.equal(
    lineOf(80),
    "train_finetune   ██████░░ 75%  12 min 30 s left epoch 12/25  train loss 0.3012…",
  );
  assert.equal(
    lineOf(71),
    "train_finetune   75%  12 min 30 s left epoch 12/25  train loss 0.3012…",
  );
});

Deno.test("at 80 columns every step shows which epoch it is at, and which step it is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 80, max: 200 }),
      fc.integer({ min: 16, max: 48 }),
      (columns, width) => {
        const steps = ["a", "b"].map((end) => "train_finetune".padEnd(width - 1, "=") + end);
        const lines = steps.map((step) => barLine({ step, ...bar }, width, columns));
        assert.notEqual(lines[0], lines[1]);
        for (const line of lines) {
          assert.match(line, /^train_.* 75% {2}12 min 30 s left epoch 12\/25 /);
          assert.ok(line.length < columns);
        }
      },
    ),
    { seed: 2 },
  );
});

Deno.test("no line is longer than its terminal, however narrow; steps stand in columns", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 200 }),
      fc.integer({ min: 1, max: 48 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.string(),
      (columns, width, share, message) => {
        const [a, b] = ["a".repeat(width), "b"].map((step) =>
          barLine({ ...bar, step, share, message }, width, columns)
        );
        assert.ok(a.length < columns, a);
        assert.equal(a.indexOf("12 min"), b.indexOf("12 min"));
      },
    ),
    { seed: 3 },
  );
});
