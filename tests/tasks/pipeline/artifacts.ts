/** What the steps of a whole run leave behind. */
import assert from "node:assert/strict";
import { artifactOf, finishedRun, readJson } from "./finished_run.ts";

Deno.test("photos are counted, and the one that is none is reported", async () => {
  const { outcome } = await finishedRun();
  const built = artifactOf(outcome, "build_datasets");
  const dataset = await readJson(`${built}/dataset.json`);
  assert.deepEqual(dataset.classes, ["blue", "red"]);
  assert.equal(dataset.photos.length, 18);
  const quarantine = await readJson(`${built}/quarantine.json`);
  assert.match(JSON.stringify(quarantine), /train\/red\/broken\.png/);
  assert.match(outcome.stderr, /broken\.png/);
  const { findings } = await readJson(`${built}/findings.json`);
  const kinds = findings.map(({ kind }: { kind: string }) => kind);
  assert.ok(kinds.includes("undecodable") && kinds.includes("few_training_photos"), `${kinds}`);
  assert.ok((await Deno.stat(`${built}/findings.png`)).size > 1000);
});

Deno.test("training leaves its history and the best parameters", async () => {
  const { outcome } = await finishedRun();
  for (const step of ["train_finetune", "train_frozen"]) {
    const artifact = artifactOf(outcome, step);
    const history = await readJson(`${artifact}/history.json`);
    assert.equal(history.epochs.length, 1);
    const [{ epoch, lr, train, val }] = history.epochs;
    assert.deepEqual([epoch, lr], [0, 0.001]);
    assert.ok(Number.isFinite(train.loss) && Number.isFinite(val.loss));
    assert.deepEqual(history.best, { epoch: 0, accuracy: val.accuracy });
    const manifest = await readJson(`${artifact}/model.json`);
    assert.deepEqual(manifest.classes, ["blue", "red"]);
  }
});

Deno.test("an evaluation agrees with its own predictions", async () => {
  const { outcome } = await finishedRun();
  const artifact = artifactOf(outcome, "evaluate");
  const { branches, comparison } = await readJson(`${artifact}/metrics.json`);
  const predictions = await readJson(`${artifact}/predictions.json`);
  assert.equal(predictions.length, 6);
  for (const branch of ["finetune", "frozen"]) {
    // deno-lint-ignore no-explicit-any -- read from JSON
    const right = predictions.filter((p: any) => p[branch].label === p.label).length;
    assert.equal(branches[branch].correct, right);
    assert.equal(branches[branch].total, 6);
    assert.ok(Math.abs(branches[branch].accuracy - right / 6) < 1e-12);
  }
  assert.ok(["finetune", "frozen", "equal"].includes(comparison.better));
  const { calibration: { temperature, ece } } = branches.frozen;
  assert.ok(temperature > 0 && ece.before >= 0 && ece.after <= 1);
  assert.equal(branches.frozen.unlike_beyond, null, "six photos cannot say what is unlike them");
});
