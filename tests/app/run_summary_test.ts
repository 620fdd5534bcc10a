import assert from "node:assert/strict";
import { dataOf, hasModel, runSummary } from "../../app/run_summary.ts";
import type { RunRecord, StepRecord } from "../../pipeline/run_record.ts";

const step = (name: string, result: StepRecord["result"]): StepRecord => ({
  step: name,
  status: "ran",
  reason: "",
  seconds: 1,
  artifact: `/store/${name}`,
  result,
});
const run = (steps: StepRecord[]): RunRecord => ({
  id: "now",
  pipeline: "graft",
  status: "done",
  started: "",
  seconds: 1,
  targets: [],
  parameters: {
    train_frozen: { recipe: { epochs: 5 } },
    train_finetune: { recipe: { epochs: 5 } },
  },
  steps,
});

const photos = step("download_data", { kind: "folder", origin: "hens" });
const weights = step("convert_weights", { model: "mobilenet_v2" });
const branches = [step("train_frozen", {}), step("train_finetune", {})];

Deno.test("a run is told by its photos, model and epochs, and by what came of it, the better first", () => {
  const evaluated = step("evaluate", { finetune: 0.902, frozen: 0.961 });
  assert.equal(
    runSummary(run([photos, weights, ...branches, evaluated])),
    "hens, mobilenet_v2, 5 epochs: frozen 96.1%, finetune 90.2%",
  );
  const tutorial = step("download_data", {
    kind: "hymenoptera",
    origin: "https://example.com/x.zip",
  });
  assert.equal(
    runSummary(run([tutorial, weights, ...branches])),
    "hymenoptera, mobilenet_v2, 5 epochs",
  );
});

Deno.test("a run of one branch alone is told by that one", () => {
  const evaluated = step("evaluate", { frozen: 0.961 });
  assert.equal(
    runSummary(run([photos, weights, branches[0], evaluated])),
    "hens, mobilenet_v2, 5 epochs: frozen 96.1%",
  );
});

Deno.test("a run that did not come so far is told as far as it came", () => {
  assert.equal(runSummary(run([photos])), "hens");
  assert.equal(dataOf(run([photos, weights])), "hens");
  assert.equal(dataOf(run([weights])), undefined);
  assert.equal(runSummary(run([])), undefined);
  assert.equal(runSummary(run([step("download_data", { something: "else" })])), undefined);
});

Deno.test("a run has a model when a training step left one", () => {
  assert.ok(hasModel(run([photos, branches[0]])));
  assert.ok(!hasModel(run([photos, weights])));
  assert.ok(!hasModel(run([{ ...branches[0], artifact: undefined }])));
});
