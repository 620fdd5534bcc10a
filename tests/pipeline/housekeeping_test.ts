import assert from "node:assert/strict";
import { Layout } from "../../pipeline/layout.ts";
import { tryLock } from "../../pipeline/lock.ts";
import { definePipeline, gc, latestArtifact, listRuns, run, verify } from "../../pipeline/mod.ts";
import { createRunFolder } from "../../pipeline/run_record.ts";
import { Folder, misbehave, writeText } from "./rig.ts";

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
  assert.equal(latestArtifact(folder.store, "a"), undefined);
  await run(pipeline, withText(folder, "one"));
  const two = await run(pipeline, withText(folder, "two"));
  const { steps: [{ status }] } = await run(
    definePipeline([misbehave("throw", "", { name: "a" })]),
    folder,
  );
  assert.equal(status, "failed");
  assert.equal(latestArtifact(folder.store, "a")!.path, two.steps[0].artifact);
  // A cached step is the latest, too.
  const one = await run(pipeline, withText(folder, "one"));
  const latest = latestArtifact(folder.store, "a")!;
  assert.equal(latest.path, one.steps[0].artifact);
  assert.deepEqual(latest.manifest.result, { length: 3 });
});

Deno.test("runs in one millisecond, or after the clock jumped back, keep their order", () => {
  using folder = new Folder();
  const layout = new Layout(folder.store);
  layout.create();
  const noon = Date.UTC(2030, 0, 1, 12);
  const ids = [noon, noon, noon - 3_600_000, noon + 1].map((now) =>
    createRunFolder(layout, now).id
  );
  assert.equal(ids[0], "2030-01-01T12-00-00.000Z");
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("a store without runs has none to list", () => {
  using folder = new Folder();
  assert.deepEqual(listRuns(folder.store), []);
});
