/** The report of a whole run: facts in the artifact of its evaluation, the page in the store. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, FLAGS, readJson } from "./finished_run.ts";

Deno.test("a report tells the evaluation", async () => {
  const { folder, outcome } = await finishedRun();
  const page = await Deno.readTextFile(`${folder}/store/report.html`);
  const { branches, comparison } = await readJson(
    `${artifactOf(outcome, "evaluate")}/metrics.json`,
  );
  const { correct, total } = branches[comparison.better === "frozen" ? "frozen" : "finetune"];
  assert.ok(page.includes(`<strong>${correct} of ${total} photos</strong>`));
  assert.match(page, /train\/red\/broken\.png/); // what was left out
  assert.match(page, /Heat map of what spoke for (red|blue)/);
  // Of the manifest: an artifact whose key does not know Deno must not either.
  assert.match(page, new RegExp(`Deno</th>\\s*<td>${Deno.version.deno}<`));
  assert.ok(page.length < 2e6, `${page.length} bytes`);
});

Deno.test("an evaluation keeps facts and photos, and nothing that a run or a page is", async () => {
  const { outcome } = await finishedRun();
  const artifact = artifactOf(outcome, "evaluate");
  await assert.rejects(Deno.stat(`${artifact}/report.html`), Deno.errors.NotFound);
  const facts = await Deno.readTextFile(`${artifact}/facts.json`);
  assert.doesNotMatch(facts, /<\w|"Deno"/);
  const { worst, leastSure, explained, batch } = JSON.parse(facts);
  const named = [worst, leastSure, explained, batch].flat().map(({ image }) => image);
  const files = [...Deno.readDirSync(`${artifact}/shown`)].map(({ name }) => `shown/${name}`);
  assert.deepEqual(files.sort(), named.sort());
});

Deno.test("a store's report tells what ran, too, and is drawn again when it is asked for", async () => {
  const { folder, at, outcome } = await finishedRun();
  await graft(["run", ...FLAGS], at);
  const ofStore = await Deno.readTextFile(`${folder}/store/report.html`);
  assert.match(ofStore, /0 of 7 steps ran, 7 had nothing to do/);
  await Deno.remove(`${folder}/store/report.html`);
  const { code, json: [{ path }] } = await graft(["report", "--store=store", "--json"], at);
  assert.equal(code, 0);
  assert.equal(await Deno.readTextFile(path), ofStore);
  const { json: all } = await graft(["runs", "--store=store", "--json"], at);
  const { id } = all.at(-1);
  const { json: [first] } = await graft(["report", id, "--store=store", "--json"], at);
  assert.deepEqual([first.path, first.run], [path, id]);
  // Each piece of advice of the evaluation, with its words.
  const { advice } = await readJson(`${artifactOf(outcome, "evaluate")}/metrics.json`);
  assert.ok(advice.length >= 3 && advice.length <= 5);
  assert.deepEqual(first.advice.map(({ kind }: { kind: string }) => kind), [
    ...advice.map(({ kind }: { kind: string }) => kind),
  ]);
  const written = await Deno.readTextFile(path);
  for (const { title } of first.advice) assert.ok(written.includes(title), title);
  assert.match(await Deno.readTextFile(path), /7 of 7 steps ran, 0 had nothing to do/);
  await graft(["run", "train_frozen", ...FLAGS], at);
  const { json: [trained] } = await graft(["runs", "--store=store", "--json"], at);
  const none = await graft(["report", trained.id, "--store=store"], at);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no evaluation of run .*: run `deno task evaluate`/);
});
