import assert from "node:assert/strict";
import { Layout } from "../../../pipeline/store/layout.ts";
import { tryLock } from "../../../pipeline/store/lock.ts";
import { expand } from "../../../pipeline/expand.ts";
import { gc } from "../../../pipeline/upkeep/gc.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import {
  findRun,
  latestArtifact,
  listRuns,
  runArtifact,
} from "../../../pipeline/upkeep/history.ts";
import { assertIntact } from "../../../pipeline/upkeep/intact.ts";
import { listPins, pin, unpin } from "../../../pipeline/upkeep/pins.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { run } from "../../../pipeline/run.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { FileRuns } from "../../../pipeline/store/file_runs.ts";
import { verify } from "../../../pipeline/upkeep/verify.ts";
import { Folder, misbehave, stepOf, writeText } from "../rig.ts";

const pipeline = definePipeline([writeText("a"), writeText("b", ["a"])]);
const withText = (folder: Folder, text: string) => ({
  store: folder.store,
  parameters: { a: { text } },
});

const exists = (path: string) => {
  try {
    return Boolean(Deno.statSync(path));
  } catch {
    return false;
  }
};

Deno.test("gc removes what killed runs left and what the newest runs do not use", async () => {
  using folder = new Folder();
  const old = await run(pipeline, withText(folder, "old"));
  const latest = await run(pipeline, withText(folder, "new"));
  folder.write("store/tmp/a.killed/half.txt", "half");
  folder.write("store/artifacts/a/unfinished/text.txt", "published, but its manifest was not");

  const announced = await gc(folder.store, { dryRun: true, keepRuns: 1 });
  assert.ok(exists(old.steps[0].artifact!) && exists(`${folder.store}/tmp/a.killed`));
  const removed = await gc(folder.store, { keepRuns: 1 });
  assert.deepEqual(removed, announced);

  const what = removed.map(({ what }) => what).sort();
  assert.deepEqual(what, ["artifact", "artifact", "artifact", "draft", "manifest", "manifest"]);
  assert.equal(removed.find(({ what }) => what === "draft")!.bytes, 4);
  assert.deepEqual(removed.filter(({ path }) => exists(path)), []);
  assert.deepEqual(old.steps.filter(({ artifact }) => exists(artifact!)), []);
  assert.deepEqual(await verify(folder.store), []);
  const again = await run(pipeline, withText(folder, "new"));
  assert.ok(again.steps.every(({ status }) => status === "cached"));
  assert.equal(again.steps[1].artifact, latest.steps[1].artifact);
  assert.deepEqual(await gc(folder.store, { keepRuns: 1 }), []);
});

Deno.test("gc removes what a cluster's jobs left only once none can still run", async () => {
  using folder = new Folder();
  await run(pipeline, withText(folder, "text"));
  const old = folder.write("store/jobs/key/1/work.json", "{}");
  folder.write("store/jobs/key/2/work.json", "{}");
  folder.write("store/jobs/batches/graft-1/tickets.json", "[]");
  const longAgo = Date.now() / 1000 - 31 * 86_400;
  Deno.utimeSync(old, longAgo, longAgo);
  Deno.utimeSync(`${folder.store}/jobs/key/1`, longAgo, longAgo);
  const removed = await gc(folder.store);
  assert.deepEqual(removed.map(({ path, what }) => [path, what]), [
    [`${folder.store}/jobs/key/1`, "job"],
  ]);
  assert.ok(exists(`${folder.store}/jobs/key/2`) && exists(`${folder.store}/jobs/batches/graft-1`));
});

Deno.test("gc keeps content that two keys share as long as one of them is in use", async () => {
  using folder = new Folder();
  const silent = definePipeline([writeText("a", [], { passEnvironment: () => [] })]);
  const flagged = definePipeline([
    writeText("a", [], { denoArguments: () => ["--v8-flags=--max-old-space-size=512"] }),
  ]);
  const first = await run(silent, folder);
  const second = await run(flagged, folder);
  assert.equal(first.steps[0].artifact, second.steps[0].artifact);
  assert.deepEqual((await gc(folder.store, { keepRuns: 1 })).map(({ what }) => what), ["manifest"]);
  assert.ok(exists(second.steps[0].artifact!));
});

Deno.test("gc keeps what a killed run had finished", async () => {
  using folder = new Folder();
  const { id } = await run(pipeline, folder);
  const file = `${folder.store}/runs/${id}/record.json`;
  const record = JSON.parse(Deno.readTextFileSync(file));
  Deno.writeTextFileSync(file, JSON.stringify({ ...record, status: "running", steps: [] }));
  assert.deepEqual(await gc(folder.store), []);
});

/** Runs as if so many days ago. */
async function runDaysAgo(days: number, folder: Folder, text: string): Promise<RunRecord> {
  const { now } = Date;
  Date.now = () => now() - days * 86_400_000;
  try {
    return await run(pipeline, withText(folder, text));
  } finally {
    Date.now = now;
  }
}

const artifactsOf = (record: RunRecord) => record.steps.map(({ artifact }) => artifact!);
const allExist = (record: RunRecord) => artifactsOf(record).every(exists);

Deno.test("gc by age removes what no run used since, with the records of runs from before", async () => {
  using folder = new Folder();
  const old = await runDaysAgo(40, folder, "old");
  const reused = await runDaysAgo(35, folder, "reused");
  await run(pipeline, withText(folder, "reused"));
  const latest = await run(pipeline, withText(folder, "new"));
  assert.deepEqual(await gc(folder.store, { maxAge: 50 * 86_400 }), []);
  const removed = await gc(folder.store, { maxAge: 30 * 86_400 });
  const what = removed.map(({ what }) => what).sort();
  assert.deepEqual(what, ["artifact", "artifact", "manifest", "manifest", "run", "run"]);
  assert.deepEqual(artifactsOf(old).map(exists), [false, false]);
  assert.ok(!exists(`${folder.store}/runs/${old.id}`) && allExist(latest) && allExist(reused));
});

Deno.test("gc by size removes what was used longest ago, until the rest fits", async () => {
  using folder = new Folder();
  const texts = ["one", "two", "three", "four"].map((text) => text.repeat(1000));
  const runs = [];
  for (const text of texts) runs.push(await run(pipeline, withText(folder, text)));
  // Used again, the first is the second newest.
  await run(pipeline, withText(folder, texts[0]));
  const latest = await run(pipeline, withText(folder, texts[3]));
  const sizes = runs.map((record) =>
    artifactsOf(record).reduce((sum, path) => sum + Deno.statSync(`${path}/text.txt`).size, 0)
  );
  const whole = sizes.reduce((a, b) => a + b);
  assert.deepEqual(await gc(folder.store, { maxSize: whole }), []);
  await gc(folder.store, { maxSize: whole - sizes[1] });
  assert.deepEqual(runs.map(allExist), [true, false, true, true]);
  await gc(folder.store, { maxSize: whole - sizes[1] - sizes[2] });
  assert.deepEqual(runs.map(allExist), [true, false, false, true]);
  const removed = await gc(folder.store, { maxSize: 0 });
  assert.deepEqual(runs.map(allExist), [false, false, false, true]);
  assert.ok(removed.every(({ what }) => what === "artifact" || what === "manifest"));
  assert.deepEqual(await verify(folder.store), []);
  assert.ok((await plan(pipeline, withText(folder, texts[3]))).every(({ artifact }) => artifact));
  assert.ok(allExist(latest));
});

Deno.test("gc keeps what the latest run of every pipeline used, step by step, and what is pinned", async () => {
  using folder = new Folder();
  const other = definePipeline([writeText("a"), writeText("x", ["a"])], "another");
  const theirs = await run(other, withText(folder, "theirs"));
  const pinned = await run(pipeline, withText(folder, "pinned"));
  const dropped = await run(pipeline, withText(folder, "dropped"));
  const whole = await run(pipeline, withText(folder, "whole"));
  // The newest run of the step b is the one before.
  const part = await run(pipeline, { ...withText(folder, "part"), targets: ["a"] });
  const failing = definePipeline([misbehave("throw", "", { name: "b" })], pipeline.name);
  assert.equal((await run(failing, folder)).status, "failed");
  await pin(folder.store, "best", pinned.id);
  await gc(folder.store, { maxSize: 0, maxAge: 0, keepRuns: 0 });
  assert.ok(allExist(theirs) && allExist(pinned) && allExist(part));
  assert.deepEqual(artifactsOf(whole).map(exists), [false, true]);
  assert.deepEqual(artifactsOf(dropped).map(exists), [false, false]);
  assert.deepEqual(await verify(folder.store), []);
  assert.deepEqual(
    (await listRuns(folder.store)).map(({ id }) => id),
    [part, whole, pinned, theirs].map(({ id }) => id),
  );
  await unpin(folder.store, "best");
  await gc(folder.store, { maxSize: 0 });
  assert.deepEqual(artifactsOf(pinned).map(exists), [false, false]);
});

Deno.test("gc keeps every instance of a step that the latest run used", async () => {
  using folder = new Folder();
  const sweep = (texts: string[]) =>
    expand(pipeline, texts.map((text) => ({ labels: { text }, parameters: { b: { text } } })));
  const runSweep = ({ steps, parameters }: ReturnType<typeof sweep>) =>
    run(definePipeline(steps, pipeline.name), { store: folder.store, parameters });
  const first = await runSweep(sweep(["1", "2", "3"]));
  const second = await runSweep(sweep(["3", "4"]));
  assert.equal(stepOf(second, "b@text=3").status, "cached");
  await gc(folder.store, { maxSize: 0 });
  assert.ok(allExist(second));
  assert.deepEqual(
    first.steps.filter(({ artifact }) => exists(artifact!)).map(({ step }) => step),
    ["a", "b@text=3"],
  );
});

Deno.test("a run is found by its name, a part of it, its pin or its place", async () => {
  using folder = new Folder();
  await assert.rejects(
    findRun(folder.store, "latest"),
    /no run "latest": nothing ran there yet/,
  );
  const first = await run(pipeline, withText(folder, "1"));
  const second = await run(pipeline, withText(folder, "2"));
  const find = async (name: string) => (await findRun(folder.store, name)).id;
  assert.equal(await find("latest"), second.id);
  assert.equal(await find("latest~1"), first.id);
  assert.equal(await find(first.id), first.id);
  assert.equal(await find(second.id.slice(-9)), second.id);
  await pin(folder.store, "best", first.id);
  assert.equal(await find("best"), first.id);
  assert.deepEqual([...await listPins(folder.store)], [["best", first.id]]);
  await pin(folder.store, "best", second.id);
  assert.equal(await find("best"), second.id);
  await assert.rejects(find("20"), {
    name: "PipelineError",
    message: /several runs could be "20"/,
  });
  await assert.rejects(find("latest~2"), /no run "latest~2": the latest is/);
  await assert.rejects(pin(folder.store, "../x", first.id), /pin "\.\.\/x": a name begins/);
  await assert.rejects(pin(folder.store, "x", "no-run"), /no run no-run/);
  // One file on disks of Macs and Windows, a device on Windows.
  await assert.rejects(pin(folder.store, "Best", first.id), /"best" already.*upper and lower case/);
  await assert.rejects(pin(folder.store, "aux", first.id), /Windows has a device of that name/);
  await assert.rejects(unpin(folder.store, "x"), /no run is pinned as "x": pins are best/);
});

Deno.test("gc stays away while a run uses the store, and from a store that is none", async () => {
  using folder = new Folder();
  assert.deepEqual(await gc(folder.store), []);
  assert.ok(!exists(folder.store));
  const layout = new Layout(folder.store);
  layout.create();
  using _run = await tryLock(layout.storeLock, "shared");
  await assert.rejects(gc(folder.store), { name: "StoreError", message: /a run uses the store/ });
});

Deno.test("verify finds a flipped bit, a lost file and a stranger, and a forced run heals", async () => {
  using folder = new Folder();
  const { steps } = await run(pipeline, folder);
  assert.deepEqual(await verify(folder.store), []);
  const [a, b] = steps.map(({ artifact }) => artifact!);
  Deno.writeTextFileSync(`${a}/text.txt`, "q");
  Deno.writeTextFileSync(`${b}/new.txt`, "");
  const damaged = await verify(folder.store);
  assert.deepEqual(damaged.map(({ step, path, problem }) => [step, path, problem]), [
    ["a", a, "text.txt has other content"],
    ["b", b, "new.txt does not belong there"],
  ]);
  await run(pipeline, { store: folder.store, force: true });
  assert.deepEqual(await verify(folder.store), []);
});

Deno.test("the latest artifact is that of the newest run that has one", async () => {
  using folder = new Folder();
  assert.equal(await latestArtifact(folder.store, "a"), undefined);
  await run(pipeline, withText(folder, "one"));
  const two = await run(pipeline, withText(folder, "two"));
  const { steps: [{ status }] } = await run(
    definePipeline([misbehave("throw", "", { name: "a" })]),
    folder,
  );
  assert.equal(status, "failed");
  assert.equal((await latestArtifact(folder.store, "a"))!.path, two.steps[0].artifact);
  // A cached step is the latest, too.
  const one = await run(pipeline, withText(folder, "one"));
  const latest = (await latestArtifact(folder.store, "a"))!;
  assert.equal(latest.path, one.steps[0].artifact);
  assert.deepEqual(latest.manifest.result, { length: 3 });
  // Of a run that is named it is that run's own.
  assert.equal((await runArtifact(folder.store, two, "a"))!.path, two.steps[0].artifact);
  assert.equal(await runArtifact(folder.store, two, "nothing"), undefined);
});

Deno.test("a damaged artifact is named, and no older one is given in its place", async () => {
  using folder = new Folder();
  await run(pipeline, withText(folder, "one"));
  const { steps: [{ artifact: path }] } = await run(pipeline, withText(folder, "two"));
  const artifact = (await latestArtifact(folder.store, "a"))!;
  await assertIntact(folder.store, artifact, ["text.txt"]);
  Deno.writeTextFileSync(`${path}/text.txt`, "twp");
  await assertIntact(folder.store, artifact, ["another.txt"]);
  await assert.rejects(assertIntact(folder.store, artifact, ["text.txt"]), {
    name: "DamageError",
    message: `the artifact of a is damaged: ${path}/text.txt has other content`,
  });
  Deno.truncateSync(`${path}/text.txt`, 1);
  await assert.rejects(latestArtifact(folder.store, "a"), {
    name: "DamageError",
    message: /^the artifact of a is damaged: text\.txt has 1 bytes instead of 3$/,
  });
});

Deno.test("runs in one millisecond, or after the clock jumped back, keep their order", async () => {
  using folder = new Folder();
  const layout = new Layout(folder.store);
  layout.create();
  const noon = Date.UTC(2030, 0, 1, 12);
  const runs = new FileRuns(layout);
  const ids: string[] = [];
  for (const now of [noon, noon, noon - 3_600_000, noon + 1]) ids.push((await runs.begin(now)).id);
  assert.equal(ids[0], "2030-01-01T12-00-00.000Z");
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("a store without runs has none to list", async () => {
  using folder = new Folder();
  assert.deepEqual(await listRuns(folder.store), []);
});
