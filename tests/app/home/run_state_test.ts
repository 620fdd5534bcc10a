/** A run as whoever looks from outside sees it, whatever became of it. */
import assert from "node:assert/strict";
import { watchRun } from "../../../app/home/run_state.ts";
import { MadeUpStore } from "./made_up_store.ts";

const stepsOf = ({ steps }: Awaited<ReturnType<typeof watchRun>>) =>
  Object.fromEntries(steps.map(({ step, status }) => [step, status]));

Deno.test("a run of another process: its step at work, the epochs so far, the one that goes on", async () => {
  await using made = await MadeUpStore.make();
  const { run, goOn } = await made.training();
  const watched = await watchRun(made.path, run);
  assert.equal(watched.state, "running");
  assert.deepEqual(stepsOf(watched), {
    download_data: "ran",
    convert_weights: "waiting",
    build_datasets: "waiting",
    train_finetune: "running",
    train_frozen: "waiting",
    evaluate: "waiting",
    predict: "waiting",
  });
  const [{ step, curves }] = watched.trainings;
  assert.equal(step, "train_finetune");
  assert.deepEqual(curves.epochs, [
    { epoch: 0, lr: 1, train: { loss: 0.9, accuracy: 0.5 }, val: { loss: 0.8, accuracy: 0.5 } },
    { epoch: 1, lr: 1, train: { loss: 0.49, accuracy: 0.75 }, val: { loss: null, accuracy: null } },
  ]);
  assert.deepEqual(curves.best, { epoch: 0, accuracy: 0.5 });
  const { seconds, log } = watched.steps.find(({ step }) => step === "train_finetune")!;
  assert.ok(seconds! >= 5 && seconds! < 60);
  assert.match(log!, /^epoch 1\/4/);
  goOn(9);
  const later = await watchRun(made.path, run);
  assert.equal(later.trainings[0].curves.epochs[1].train.loss?.toFixed(2), "0.41");
});

Deno.test("a run whose process died is killed, and its step was at work, for as long as is known", async () => {
  await using made = await MadeUpStore.make();
  const { run, end } = await made.training();
  end();
  const watched = await watchRun(made.path, run, Date.now() + 3_600_000);
  assert.equal(watched.state, "killed");
  assert.equal(stepsOf(watched).train_finetune, "stopped");
  const { seconds } = watched.steps.find(({ step }) => step === "train_finetune")!;
  assert.ok(seconds! < 60, "an hour after its death it has not worked for an hour");
});

Deno.test("a run that ended while it was looked at is no killed one", async () => {
  await using made = await MadeUpStore.make();
  const { run, end } = await made.training();
  await made.record(run.id, "done", run.steps);
  end();
  assert.equal((await watchRun(made.path, run)).state, "done");
});

Deno.test("a run that is over has its trainings' own curves, and what failed says why", async () => {
  await using made = await MadeUpStore.make();
  const done = await watchRun(made.path, await made.evaluated(["ants", "bees"]));
  assert.equal(done.state, "done");
  assert.deepEqual(done.trainings.map(({ step, curves }) => [step, curves.epochs[1].val.loss]), [
    ["train_finetune", null],
  ]);
  const failed = await watchRun(made.path, await made.failed("no such folder"));
  assert.equal(failed.state, "failed");
  assert.equal(failed.steps[0].error, "no such folder");
});

Deno.test("a run for some steps does not wait for others", async () => {
  await using made = await MadeUpStore.make();
  const { run } = await made.training();
  const watched = await watchRun(made.path, { ...run, targets: ["build_datasets"] });
  assert.deepEqual(Object.keys(stepsOf(watched)), ["download_data", "build_datasets"]);
});
