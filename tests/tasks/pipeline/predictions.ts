/** What `predict` answers by the model of a whole run. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, readJson } from "./finished_run.ts";

Deno.test("predict labels photos, and a path that is none gets an error of its own", async () => {
  const { folder, at } = await finishedRun();
  const outcome = await graft(
    [
      "predict",
      "mine.png",
      "nowhere.jpg",
      "photos/val/blue",
      "--store=store",
      "--json",
      "--grid=grid.png",
    ],
    at,
  );
  assert.equal(outcome.code, 1);
  assert.equal(outcome.json.length, 5);
  const [mine, missing, ...blue] = outcome.json;
  assert.match(mine.path, /mine\.png$/);
  assert.ok(["blue", "red"].includes(mine.label));
  assert.equal(mine.logits.length, 2);
  const probabilities: number[] = mine.top.map((entry: { probability: number }) =>
    entry.probability
  );
  assert.ok(Math.abs(probabilities[0] + probabilities[1] - 1) < 1e-9);
  assert.equal(mine.probability, Math.max(...probabilities));
  assert.equal(mine.none_of_these, undefined);
  assert.match(missing.path, /nowhere\.jpg$/);
  assert.match(missing.error, /^there is no such file$/);
  assert.equal(blue.length, 3);
  assert.ok((await Deno.stat(`${folder}/grid.png`)).size > 1000);
});

Deno.test("predict abstains by no threshold where val photos were too few to choose one", async () => {
  const { at } = await finishedRun();
  const { code, stderr } = await graft(
    ["predict", "mine.png", "--abstain=0.95", "--store=store"],
    at,
  );
  assert.equal(code, 2);
  assert.match(stderr, /--abstain needs 100 validation photos or more/);
});

Deno.test("predict gives a val photo the logits that evaluation gave it", async () => {
  const { at, outcome } = await finishedRun();
  const predictions = await readJson(`${artifactOf(outcome, "evaluate")}/predictions.json`);
  const { json } = await graft(
    ["predict", "photos/val/red/1.png", "--branch=frozen", "--store=store", "--json"],
    at,
  );
  const wanted = predictions.find(({ path }: { path: string }) => path === "val/red/1.png");
  json[0].logits.forEach((logit: number, i: number) =>
    assert.ok(
      Math.abs(logit - wanted.frozen.logits[i]) < 1e-4,
      `${logit} ${wanted.frozen.logits[i]}`,
    )
  );
  assert.ok(Math.abs(json[0].probability - wanted.frozen.probability) < 1e-4);
});
