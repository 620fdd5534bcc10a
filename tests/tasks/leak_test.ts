/** Photos to test by decide nothing: neither their pixels nor their labels reach what is trained. */
import assert from "node:assert/strict";
import { writePhoto, writePhotoFolder } from "./generated_photos.ts";
import { graft, type Outcome } from "./graft.ts";
import { artifactOf, readJson, statusesOf } from "./pipeline/finished_run.ts";
import { writeRandomWeights } from "./random_weights.ts";

const FLAGS = [
  "--recipe=best",
  "--data=photos",
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--store=store",
  "--epochs=1",
  "--json",
];

/** Keys by step, as artifacts are filed. */
const keys = async (outcome: Outcome, store: string) => {
  const id = (await Array.fromAsync(Deno.readDir(`${store}/runs`))).map(({ name }) => name).sort()
    .at(-1)!;
  const { steps } = await readJson(`${store}/runs/${id}/record.json`);
  assert.equal(outcome.code, 0, outcome.stderr);
  return Object.fromEntries(
    steps.map(({ step, key }: { step: string; key: string }) => [step, key]),
  );
};

Deno.test("photos and labels of test change nothing of what comes before evaluate", async () => {
  const folder = await Deno.makeTempDir();
  const at = { cwd: folder };
  await writePhotoFolder(`${folder}/photos`, { train: 10, val: 0 });
  await Deno.remove(`${folder}/photos/val`, { recursive: true });
  for (const [name, channel] of [["blue", 2], ["red", 0]] as const) {
    await Deno.mkdir(`${folder}/photos/test/${name}`, { recursive: true });
    for (let i = 0; i < 4; i++) {
      await writePhoto(`${folder}/photos/test/${name}/${name}${i}.png`, 500 + i + channel, channel);
    }
  }
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const first = await graft(["run", "evaluate", ...FLAGS], at);
  const before = await keys(first, `${folder}/store`);
  const metrics = await readJson(`${artifactOf(first, "evaluate")}/metrics.json`);
  assert.deepEqual(Object.keys(metrics.branches).sort(), ["finetune", "frozen"]);
  // Where there are photos to test by, nothing else need be left out.
  assert.equal(metrics.branches.frozen.cross_validated, undefined);
  for (
    const { total, test } of Object.values<Record<string, number & { total: number }>>(
      metrics.branches,
    )
  ) {
    assert.equal(total, 4); // a fifth of train, as the source has no val
    assert.equal(test.total, 8);
  }
  const predictions = await readJson(`${artifactOf(first, "evaluate")}/predictions_test.json`);
  assert.deepEqual(
    predictions.map(({ path }: { path: string }) => path.split("/")[0]),
    Array(8).fill("test"),
  );
  const facts = await readJson(`${artifactOf(first, "evaluate")}/facts.json`);
  assert.deepEqual(facts.data.counts.test, { blue: 4, red: 4 });

  // Another photo under an old name, a label that is wrong now, a new photo, one that is none.
  await writePhoto(`${folder}/photos/test/blue/blue0.png`, 900, 0);
  await Deno.rename(`${folder}/photos/test/red/red1.png`, `${folder}/photos/test/blue/red1.png`);
  await writePhoto(`${folder}/photos/test/red/more.png`, 901, 0);
  await Deno.writeTextFile(`${folder}/photos/test/red/broken.png`, "no photo");
  const second = await graft(["run", "evaluate", ...FLAGS], at);
  const after = await keys(second, `${folder}/store`);
  const statuses = statusesOf(second);
  const changed = Object.keys(before).filter((step) => before[step] !== after[step]);
  assert.deepEqual(changed.sort(), ["build_test", "download_data", "evaluate"]);
  for (const [step, status] of Object.entries(statuses)) {
    assert.equal(status, changed.includes(step) ? "ran" : "cached", step);
  }
  const { branches } = await readJson(`${artifactOf(second, "evaluate")}/metrics.json`);
  for (const branch of ["finetune", "frozen"]) {
    const { test, ...val } = branches[branch];
    const { test: earlier, ...earlierVal } = metrics.branches[branch];
    assert.deepEqual(val, earlierVal);
    assert.equal(test.total, 9);
    assert.notDeepEqual(test, earlier);
  }
  await Deno.remove(folder, { recursive: true });
});
