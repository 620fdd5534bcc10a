import assert from "node:assert/strict";
import { FINETUNE_PHOTO, LOOP_LAST_LAYER } from "../../app/forecast_run.ts";
import { machinePace } from "../../app/machine_pace.ts";
import type { StepRecord } from "../../pipeline/run_record.ts";
import { historyFile } from "../../tasks/artifacts/history.ts";
import { MadeUpStore } from "./home/made_up_store.ts";

const PHOTOS = 100, EPOCHS = 3;

/** A run whose training took so many times what is forecast for it. */
async function trained(
  made: MadeUpStore,
  step: string,
  times: number,
  { rate = FINETUNE_PHOTO, kind = "finetune" as string | undefined, status = "ran" } = {},
): Promise<void> {
  const { id } = await made.store.runs.begin();
  const seconds = times * rate * PHOTOS;
  const phase = (share: number) => ({ loss: 1, accuracy: 0.5, seconds: share * seconds });
  const history = {
    epochs: Array.from({ length: EPOCHS }, (_, epoch) => ({
      epoch,
      lr: 1,
      train: phase(0.75),
      val: phase(0.25),
    })),
    best: { epoch: 0, accuracy: 0.5 },
  };
  const published = await made.publish(step, id, (folder) => historyFile.write(folder, history));
  const record = { status, reason: "", seconds: 1 } as Omit<StepRecord, "step">;
  const run = await made.record(id, "done", [
    { ...record, step: "build_datasets", result: { train: PHOTOS, val: 20 } },
    { ...record, step, ...published },
  ]);
  await made.store.runs.write({
    ...run,
    parameters: { [step]: { recipe: { ...kind && { kind } } } },
  });
}

Deno.test("without earlier trainings the processor is measured", async () => {
  await using made = await MadeUpStore.make();
  await made.failed("nothing");
  const { factor, fromRuns } = await machinePace(made.path);
  assert.equal(fromRuns, false);
  assert.ok(factor > 0.01 && factor < 1000, `${factor}`);
});

Deno.test("earlier trainings tell how many times as long this machine takes: their median", async () => {
  await using made = await MadeUpStore.make();
  const near = async (expected: number) => {
    const { factor, fromRuns } = await machinePace(made.path);
    assert.equal(fromRuns, true);
    assert.ok(Math.abs(factor - expected) < 1e-9, `${factor}`);
  };
  await trained(made, "train_finetune", 2);
  await near(2);
  await trained(made, "train_frozen", 5, { rate: LOOP_LAST_LAYER, kind: undefined });
  await trained(made, "train_finetune", 3);
  await near(3);
  // What came from the store took no time here.
  await trained(made, "train_finetune", 99, { status: "cached" });
  await trained(made, "train_finetune", 98, { status: "cached" });
  await near(3);
});
