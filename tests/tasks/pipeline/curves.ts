/** The picture of how each branch learned. */
import assert from "node:assert/strict";
import { artifactOf, finishedRun } from "./finished_run.ts";

Deno.test("training leaves a picture of its curves", async () => {
  const { outcome } = await finishedRun();
  for (const step of ["train_finetune", "train_frozen"]) {
    const { size } = await Deno.stat(`${artifactOf(outcome, step)}/curves.png`);
    assert.ok(size > 1000);
  }
});
