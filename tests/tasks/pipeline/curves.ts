/** The picture of how each branch learned. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, FLAGS, readJson } from "./finished_run.ts";

const BRANCHES = ["finetune", "frozen"];

Deno.test("a run leaves a picture of each branch's curves in the store, training the figures", async () => {
  const { folder, outcome } = await finishedRun();
  for (const branch of BRANCHES) {
    const { size } = await Deno.stat(`${folder}/store/pictures/curves_${branch}.png`);
    assert.ok(size > 1000);
    const trained = artifactOf(outcome, `train_${branch}`);
    const { epochs } = await readJson(`${trained}/curves.json`);
    assert.equal(epochs.length, 1);
    await assert.rejects(Deno.stat(`${trained}/curves.png`), Deno.errors.NotFound);
  }
});

Deno.test("a run of one training alone draws its curves, and says where they are", async () => {
  const { folder, at } = await finishedRun();
  for (const branch of BRANCHES) {
    const picture = `${folder}/store/pictures/curves_${branch}.png`;
    await Deno.remove(picture);
    const { code, stderr } = await graft(["run", `train_${branch}`, ...FLAGS], at);
    assert.equal(code, 0, stderr);
    assert.ok(stderr.includes(`curves: ${picture}`), stderr);
    assert.ok((await Deno.stat(picture)).size > 1000);
  }
});
