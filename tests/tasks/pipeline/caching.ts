/** What runs, and what is found in a store: the same again, more epochs, a sweep, an edit. */
import assert from "node:assert/strict";
import { copyProject, graft } from "../graft.ts";
import { artifactOf, finishedRun, FLAGS, statusesOf, STEPS } from "./finished_run.ts";

Deno.test("a plan for an empty store says that every step would run, and runs nothing", async () => {
  const { folder, at } = await finishedRun();
  const { code, json } = await graft(["plan", ...FLAGS, "--store=empty"], at);
  assert.equal(code, 0);
  assert.deepEqual(json.map(({ step }) => step).sort(), [...STEPS].sort());
  assert.ok(json.every(({ status }) => status !== "cached"));
  await assert.rejects(Deno.stat(`${folder}/empty/artifacts`));
});

Deno.test("every step of a first run runs, and the run is done", async () => {
  const { outcome } = await finishedRun();
  assert.deepEqual(statusesOf(outcome), Object.fromEntries(STEPS.map((step) => [step, "ran"])));
  assert.equal(outcome.json.at(-1).type, "run_finished");
  assert.equal(outcome.json.at(-1).status, "done");
});

Deno.test("a second run finds everything cached", async () => {
  const { at, outcome } = await finishedRun();
  const second = await graft(["run", ...FLAGS], at);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(statusesOf(second), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
  for (const step of STEPS) assert.equal(artifactOf(second, step), artifactOf(outcome, step));
});

Deno.test("another number of epochs reruns training and what follows, and why says so", async () => {
  const { at } = await finishedRun();
  const more = FLAGS.map((flag) => flag === "--epochs=1" ? "--epochs=2" : flag);
  const { json: plan } = await graft(["plan", ...more], at);
  const cached = plan.filter(({ status }) => status === "cached").map(({ step }) => step);
  assert.deepEqual(cached.sort(), ["build_datasets", "convert_weights", "download_data"]);
  const { json: [why] } = await graft(["why", "train_frozen", ...more], at);
  assert.match(JSON.stringify(why.changes), /epochs/);
});

Deno.test("another store takes everything from this one, and writes none of it", async () => {
  const { folder, at, outcome } = await finishedRun();
  const before = await Array.fromAsync(Deno.readDir(`${folder}/store/runs`));
  const own = [...FLAGS, "--store=own", "--store-from=store"];
  const { json, stderr } = await graft(["run", ...own], at);
  assert.equal(json.at(-1).status, "done", stderr);
  for (const { step, status, artifact } of json.filter((e) => e.type === "step_finished")) {
    assert.deepEqual([status, artifact], ["cached", artifactOf(outcome, step)]);
  }
  assert.equal(
    (await Array.fromAsync(Deno.readDir(`${folder}/store/runs`))).length,
    before.length,
  );
  const { json: [{ label }] } = await graft(
    ["predict", "photos/val/red/1.png", "--store=own", "--store-from=store", "--json"],
    at,
  );
  assert.ok(["blue", "red"].includes(label));
  const missing = await graft(["plan", ...FLAGS, "--store-from=stor"], at);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /--store-from is ".*\/stor", which is no folder/);
});

Deno.test("a sweep takes from the store what a run of one of its settings made", async () => {
  const { at } = await finishedRun();
  const { json, stderr } = await graft(["plan", ...FLAGS, "--seed=0,1"], at);
  const statuses = Object.fromEntries(json.map(({ step, status }) => [step, status]));
  const shared = ["download_data", "convert_weights", "build_datasets"];
  const seed = (n: number) =>
    ["train_finetune", "train_frozen", "evaluate"].map((step) => `${step}@seed=${n}`);
  for (const step of [...shared, ...seed(0)]) assert.equal(statuses[step], "cached", stderr);
  for (const step of [...seed(1), "sweep"]) assert.equal(statuses[step], "would_run", step);
  assert.equal(json.length, shared.length + 2 * 3 + 1);
});

Deno.test("an edit in models/ reruns the steps that import it; of the page, or of a comment, none", async () => {
  const { folder } = await finishedRun();
  const project = `${folder}/project`;
  await Deno.mkdir(project);
  await copyProject(project);
  const statusOf = async () => {
    const { json, stderr } = await graft(["plan", ...FLAGS], { cwd: folder, project });
    assert.equal(json.length, STEPS.length, stderr);
    return Object.fromEntries(json.map(({ step, status }) => [step, status]));
  };
  // The same code elsewhere is the same code.
  assert.deepEqual(await statusOf(), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
  const ofPage = `${project}/report/page/result.ts`;
  const title = ">How good it is</h2>";
  const source = await Deno.readTextFile(ofPage);
  assert.ok(source.includes(title));
  await Deno.writeTextFile(ofPage, source.replace(title, ">How good it is now</h2>"));
  assert.deepEqual(await statusOf(), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
  const { json: [{ path }] } = await graft(["report", "--store=store", "--json"], {
    cwd: folder,
    project,
  });
  assert.match(await Deno.readTextFile(path), />How good it is now</);
  const file = `${project}/models/resnet.ts`;
  const edit = async (more: string) =>
    await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}\n${more}\n`);
  await edit("// a remark");
  assert.deepEqual(await statusOf(), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
  await edit("export const more = 1;");
  const { download_data, build_datasets, ...rest } = await statusOf();
  assert.deepEqual([download_data, build_datasets], ["cached", "cached"]);
  assert.deepEqual(Object.entries(rest).filter(([, status]) => status === "cached"), []);
});
