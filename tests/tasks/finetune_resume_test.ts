/** Finetuning under `--recipe best` that is interrupted, or has little time. */
import assert from "node:assert/strict";
import { hashFile } from "../../pipeline/digest.ts";
import { writePhotoFolder } from "./generated_photos.ts";
import { graft, graftUntil, type Outcome } from "./graft.ts";
import { artifactOf, readJson } from "./pipeline/finished_run.ts";
import { writeRandomWeights } from "./random_weights.ts";

const FLAGS = [
  "--recipe=best",
  "--data=photos",
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--epochs=3",
  "--batch=4",
  "--folds=3",
  "--json",
];
/** Enough for all epochs. */
const BUDGET = "--time-budget=1d";

async function filesOf(outcome: Outcome): Promise<string[]> {
  const folder = artifactOf(outcome, "train_finetune");
  const names = ["best.safetensors", "model.json", "trace.ndjson", "curves.json"];
  return await Promise.all(names.map(async (name) => (await hashFile(`${folder}/${name}`)).sha256));
}

Deno.test("finetuning goes on where it stopped, to the same bytes, and knows its time", async (t) => {
  const folder = await Deno.makeTempDir();
  const at = { cwd: folder };
  await writePhotoFolder(`${folder}/photos`, { train: 5, val: 2 });
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const train = ["run", "train_finetune", ...FLAGS];
  const child = await graftUntil(
    /"train_finetune","text":"epoch 2/,
    [...train, BUDGET, "--store=killed"],
    at,
  );
  child.kill("SIGKILL");
  await child.output().catch(() => {});

  await t.step("killed after two epochs, it trains the third alone", async () => {
    const rerun = await graft([...train, BUDGET, "--store=killed"], at);
    assert.equal(rerun.code, 0, rerun.stderr);
    const logs = rerun.json.filter(({ type, step }) =>
      type === "step_log" && step === "train_finetune"
    ).map(({ text }) => text);
    assert.ok(logs.some((text) => /^goes on after epoch [12]\/3/.test(text)), logs.join("\n"));
    assert.ok(!logs.some((text) => /time budget/.test(text)), "the time is measured once");
    const whole = await graft([...train, BUDGET, "--store=killed", "--force"], at);
    assert.equal(whole.code, 0, whole.stderr);
    assert.deepEqual(await filesOf(rerun), await filesOf(whole));
    const { training } = await readJson(`${artifactOf(whole, "train_finetune")}/model.json`);
    assert.equal(training.recipe.kind, "finetune");
    assert.equal(training.recipe.epochs, 3);
  });

  await t.step("a time that is too short for one epoch is refused by name", async () => {
    const { code, stderr } = await graft(
      [...train, "--time-budget=0.001s", "--store=killed"],
      at,
    );
    assert.equal(code, 1);
    assert.match(stderr, /time budget of .* is too short: .* Give --time-budget \d+s or more/);
  });

  await t.step("a time budget is best's alone", async () => {
    const { code, stderr } = await graft(["plan", BUDGET, "--recipe=quick", "--data=photos"], at);
    assert.equal(code, 2);
    assert.match(stderr, /--time-budget is of --recipe best; say how many --epochs instead/);
  });
  await Deno.remove(folder, { recursive: true });
});
