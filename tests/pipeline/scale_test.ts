import assert from "node:assert/strict";
import { FileStore } from "../../pipeline/store/file_store.ts";
import type { Executor } from "../../pipeline/executor.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { run } from "../../pipeline/run.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { statOrNull } from "../../pipeline/store/folder.ts";
import { readTree } from "../../pipeline/store/read_tree.ts";
import { digestOfTree } from "../../pipeline/tree.ts";
import { Folder, writeText } from "./rig.ts";

/** Does what `steps/write_text.ts` does, without a process. */
const inProcess: Executor = {
  async execute({ request: { output, step } }, { onReady }) {
    await onReady();
    Deno.writeTextFileSync(`${output}/text.txt`, step);
    return { status: "done" };
  },
};

/** Steps need the one before them and the one in the middle. */
const steps = 500;
const pipeline = definePipeline(
  Array.from(
    { length: steps },
    (_, i) => writeText(`s${i}`, i === 0 ? [] : [...new Set([`s${i - 1}`, `s${i >> 1}`])]),
  ),
);

/** Where nothing waits for a disk, if there is such a place. */
const memory = statOrNull("/dev/shm")?.isDirectory ? "/dev/shm" : undefined;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

Deno.test("five hundred steps are planned and found cached in a second, without a process", async () => {
  using folder = new Folder(memory);
  assert.ok(await seconds(() => plan(pipeline, folder)) < 2);
  assert.equal((await run(pipeline, { ...folder, executor: inProcess })).status, "done");
  const executor = { execute: () => Promise.reject(new Error("nothing should run")) };
  assert.ok(
    await seconds(async () => {
      const record = await run(pipeline, { ...folder, executor });
      assert.ok(record.steps.every(({ status }) => status === "cached"));
      assert.equal(record.steps.length, steps);
    }) < 1,
  );
  assert.ok(
    await seconds(async () => {
      const entries = await plan(pipeline, folder);
      assert.ok(entries.every(({ status }) => status === "cached"));
    }) < 1,
  );
});

Deno.test("an artifact of ten thousand files is published and verified in seconds", async () => {
  using folder = new Folder();
  const store = new FileStore(folder.store);
  using _use = await store.use();
  const draft = await store.draft("many");
  for (let i = 0; i < 100; i++) {
    Deno.mkdirSync(`${draft}/${i}`);
    for (let j = 0; j < 100; j++) Deno.writeTextFileSync(`${draft}/${i}/${j}.txt`, `${i} ${j}`);
  }
  const [manifest] = await manifestsOfOneStep(folder);
  const took = await seconds(async () => {
    const tree = await readTree(draft);
    assert.equal(tree.files.length, 10_000);
    const content = digestOfTree(tree);
    await store.publish(draft, { ...manifest, step: "many", tree, content, digest: content });
  });
  assert.ok(took < 10, `${took} s`);
  assert.ok(await seconds(async () => assert.deepEqual(await verify(folder.store), [])) < 5);
  const { path, manifest: { tree } } = (await store.find("many", manifest.key)).artifact!;
  assert.equal(tree.files.length, 10_000);
  Deno.writeTextFileSync(`${path}/37/59.txt`, "59 37");
  const [damage] = await verify(folder.store);
  assert.equal(damage.problem, "37/59.txt has other content");
});

/** A manifest to begin with, made by a real run. */
async function manifestsOfOneStep(folder: Folder) {
  await run(definePipeline([writeText("one")]), { ...folder, executor: inProcess });
  return await new FileStore(folder.store).manifests("one", 1);
}
