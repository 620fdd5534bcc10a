import assert from "node:assert/strict";
import { countOfTests, stepTable, tutorialTable } from "../../bench/gpu.ts";

const figure = {
  backend: "webgpu",
  device: "a GPU",
  model: "resnet18",
  threads: 2,
  unit: "ms",
  min: 1,
} as const;

Deno.test("a table of steps puts the peer beside training steps of the same model and batch", () => {
  const table = stepTable([
    { ...figure, bench: "train_step", batch: 4, median: 7.42, first: 1234.5 },
    { ...figure, bench: "frozen_step", batch: 4, median: 3 },
    { ...figure, bench: "train_step", batch: 64, median: 30.5 },
  ], [
    { model: "resnet18", batch: 4, torch: "2.13", eager: 23, channels_last: 22.96, graph: 3.6 },
    { model: "mobilenet_v2", batch: 64, torch: "2.13", eager: 1, channels_last: 1, graph: 1 },
  ]);
  assert.deepEqual(table, [
    "",
    "| training step, ms | ours | its first six | PyTorch 2.13 eager | channels_last | CUDA graph |",
    "| --- | --- | --- | --- | --- | --- |",
    "| resnet18, batch 4 | 7.4 | 1234.5 | 23.0 | 23.0 | 3.6 |",
    "| resnet18, batch 4, frozen | 3.0 |  |  |  |  |",
    "| resnet18, batch 64 | 30.5 |  |  |  |  |",
  ]);
});

Deno.test("where PyTorch has no CUDA its columns stay empty", () => {
  const [, head, , row] = stepTable(
    [{ ...figure, bench: "train_step", batch: 4, median: 1 }],
    [],
  );
  assert.equal(
    head,
    "| training step, ms | ours | its first six | PyTorch eager | channels_last | CUDA graph |",
  );
  assert.equal(row, "| resnet18, batch 4 | 1.0 |  |  |  |  |");
});

Deno.test("tests of several runs are counted together", () => {
  assert.equal(
    countOfTests([
      "on webgpu, a | b passed ... ok (1s)",
      "ok | 171 passed | 0 failed (1m11s)",
      "FAILED | 43 passed | 1 failed (40s)",
      "ok | 5 passed | 0 failed | 2 ignored (3ms)",
    ]),
    "219 passed, 1 failed",
  );
  assert.equal(countOfTests([]), "0 passed, 0 failed");
});

Deno.test("the tutorial's branches stand beside 25 of PyTorch's epochs", () => {
  const run = { branch: "frozen", when: "again", seconds: 17.26, accuracy: 0.9281 };
  const [, , , row] = tutorialTable(
    [{ ...run, epochs: [2.5, 0.61, 0.64] }],
    [{ branch: "finetune", seconds: [9] }, { branch: "frozen", seconds: [3, 1.1, 1] }],
  );
  assert.equal(row, "| frozen, again | 17.3 | 2.5 | 0.64 | 92.8% | 27.5 |");
  const [, , , alone] = tutorialTable([{ ...run, epochs: [1] }], []);
  assert.ok(alone.endsWith("| 92.8% |  |"));
  assert.deepEqual(tutorialTable([], []), []);
});
