/** The report of a whole run: in the artifact of its evaluation, and in the store. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, FLAGS, readJson } from "./finished_run.ts";

Deno.test("a report tells the evaluation", async () => {
  const { outcome } = await finishedRun();
  const page = await Deno.readTextFile(`${artifactOf(outcome, "evaluate")}/report.html`);
  const { branches, comparison } = await readJson(
    `${artifactOf(outcome, "evaluate")}/metrics.json`,
  );
  const { correct, total } = branches[comparison.better === "frozen" ? "frozen" : "finetune"];
  assert.ok(page.includes(`<strong>${correct} of ${total}</strong>`));
  assert.match(page, /train\/red\/broken\.png/); // what was left out
  assert.match(page, /Heat map of what spoke for (red|blue)/);
  assert.doesNotMatch(page, /id="run"/); // it would be another artifact in every run
  assert.ok(page.length < 2e6, `${page.length} bytes`);
});

Deno.test("a store's report tells what ran, too, and is drawn again when it is asked for", async () => {
  const { folder, at } = await finishedRun();
  await graft(["run", ...FLAGS], at);
  const ofStore = await Deno.readTextFile(`${folder}/store/report.html`);
  assert.match(ofStore, /0 of 7 steps ran, 7 had nothing to do/);
  await Deno.remove(`${folder}/store/report.html`);
  const { code, json: [{ path }] } = await graft(["report", "--store=store", "--json"], at);
  assert.equal(code, 0);
  assert.equal(await Deno.readTextFile(path), ofStore);
});
