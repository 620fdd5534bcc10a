import assert from "node:assert/strict";
import { bestRuns } from "../../../bench/accuracy/best_runs.ts";
import type { FinetuneRun } from "../../../bench/accuracy/finetune_run.ts";
import { FINETUNE } from "../../../training/recipes.ts";

const point = (loss: number, right: string) => ({
  lr: 1,
  train: { loss: 1, accuracy: 0.5 },
  val: { loss, accuracy: 0.5 },
  test: { loss: 1, accuracy: 0.5, right },
});

Deno.test("the recipe's patience and choice by val are what is delivered, beside the start", () => {
  const run: FinetuneRun = {
    bench: "finetune",
    ...{ set: "birds", division: 2, seed: 0, variant: "slow", recipe: FINETUNE, model: "m" },
    ...{ backend: "wasm", C: 1, photos: { train: 1, val: 1, test: 2 }, seconds: 1 },
    start: point(0.5, "10"),
    epochs: [point(0.4, "11"), point(0.6, "00"), point(0.6, "00"), point(0.1, "01")],
  };
  const of = (patience: number | null) =>
    bestRuns([run, { ...run, variant: "other" }, { ...run, seed: 1 }], "slow", patience)
      .map(({ tool, set, division, test }) => [tool, set, division, test.right]);
  const frozen = ["best, frozen alone", "birds", 2, "10"];
  assert.deepEqual(of(2), [frozen, ["best", "birds", 2, "11"]]);
  assert.deepEqual(of(null), [frozen, ["best", "birds", 2, "01"]]);
});
