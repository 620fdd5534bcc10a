/** `kill -9` at any moment: the next run succeeds, and never with a wrong artifact. */
import assert from "node:assert/strict";
import { gc } from "../../pipeline/upkeep/gc.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { drive } from "./driver.ts";
import { Folder, Gate, statuses, writeText } from "./rig.ts";

const SPECS = [{ name: "a" }, { name: "b", inputs: ["a"] }, { name: "c", inputs: ["b"] }];
const pipeline = definePipeline(SPECS.map(({ name, inputs }) => writeText(name, inputs)));

/** Runs to the end and checks that all is as if nothing had happened. */
async function assertRecovers(store: string): Promise<void> {
  const { status, steps } = await run(pipeline, { store });
  assert.equal(status, "done");
  const texts = steps.map(({ artifact }) => Deno.readTextFileSync(`${artifact}/text.txt`));
  assert.deepEqual(texts, ["a", "a b", "a b c"]);
  assert.deepEqual(await verify(store), []);
  await gc(store);
  assert.deepEqual([...Deno.readDirSync(`${store}/tmp`)], []);
  const again = await run(pipeline, { store });
  assert.deepEqual(statuses(again), { a: "cached", b: "cached", c: "cached" });
}

// Events: run_started, then started, progress, log, result and finished for each step.
for (const killAt of [0, 1, 2, 4, 5, 6, 9, 11, 15]) {
  Deno.test(`the orchestrator killed at event ${killAt} leaves a store that recovers`, async () => {
    using folder = new Folder();
    const { child, events } = drive(folder.store, SPECS);
    let seen = 0;
    for await (const _event of events) if (seen++ === killAt) child.kill("SIGKILL");
    assert.ok(seen > killAt);
    assert.equal((await child.status).signal, "SIGKILL");
    await assertRecovers(folder.store);
  });
}

for (const busy of [undefined, "talking", "silent"] as const) {
  const how = busy ? `that works without a pause, ${busy}` : "that waits";
  Deno.test(`a step ${how} dies with its orchestrator, and what was finished is kept`, async () => {
    using folder = new Folder();
    await using gate = new Gate();
    const { child, events } = drive(folder.store, [
      { name: "a" },
      { name: "waits", inputs: ["a"], port: gate.port, busy },
    ]);
    const arrival = await gate.arrival();
    child.kill("SIGKILL");
    assert.equal(await arrival.gone, null, "the step's process has ended");
    await child.status;
    for await (const _event of events);
    await assertRecovers(folder.store);
  });
}

Deno.test("a killed step fails by name, and runs again the next time", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const waiting = definePipeline([gate.step("waits")]);
  const first = run(waiting, folder);
  Deno.kill((await gate.arrival()).pid, "SIGKILL");
  assert.deepEqual((await first).steps.map(({ status, reason }) => [status, reason]), [
    ["failed", "its process was killed: perhaps the machine ran out of memory"],
  ]);
  const second = run(waiting, folder);
  await (await gate.arrival()).go();
  assert.deepEqual(statuses(await second), { waits: "ran" });
});

Deno.test("an artifact without its manifest, and a manifest half-written, are made anew", async () => {
  using folder = new Folder();
  const { steps } = await run(pipeline, folder);
  const [a, b] = steps.map(({ step, key }) => `${folder.store}/entries/${step}/${key}.json`);
  Deno.removeSync(a);
  Deno.truncateSync(b, 100);
  Deno.writeTextFileSync(`${b}.1234.draft`, "{");
  const again = await run(pipeline, folder);
  assert.deepEqual(statuses(again), { a: "ran", b: "ran", c: "cached" });
  await assertRecovers(folder.store);
});
