import assert from "node:assert/strict";
import { traceStep } from "../../training/trace.ts";

Deno.test("a traced step names its photos, where they were cut, and its own loss", () => {
  const photo = (path: string) => ({
    path,
    split: "train" as const,
    label: 0,
    width: 9,
    height: 9,
    sha256: "",
    offset: 0,
  });
  const step = traceStep({
    phase: "train",
    epoch: 2,
    batch: 5,
    batches: 9,
    loss: 0.5,
    accuracy: 1,
    batchLoss: 0.25,
    indices: [2, 0],
    crops: [
      { left: 1, top: 2, width: 3, height: 4, flip: true },
      { left: 0, top: 0, width: 9, height: 9, flip: false },
    ],
  }, ["train/a/0.jpg", "train/a/1.jpg", "train/b/2.jpg"].map(photo));
  assert.deepEqual(step, {
    epoch: 2,
    step: 4,
    loss: 0.25,
    photos: [
      { path: "train/b/2.jpg", box: [1, 2, 3, 4], flip: true },
      { path: "train/a/0.jpg", box: [0, 0, 9, 9], flip: false },
    ],
  });
});
