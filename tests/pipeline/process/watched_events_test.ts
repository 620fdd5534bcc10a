/** Whoever looks from outside sees what a run is at, and whether anybody still is. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { PipelineEvent } from "../../../pipeline/events.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { openStore } from "../../../pipeline/implementations.ts";
import { WatchedEvents } from "../../../pipeline/process/watched_events.ts";
import { run } from "../../../pipeline/run.ts";
import type { LiveSteps } from "../../../pipeline/run_record.ts";
import { Folder, schemaOf, STEPS } from "../rig.ts";

const CONFIG = new URL("../../../deno.json", import.meta.url);

const started = (step: string): PipelineEvent => ({
  type: "step_started",
  step,
  reason: "it never ran",
  why: { kind: "first" } as never,
  changes: [],
});

Deno.test("steps that began are told with how far they are, and no more when they ended", async () => {
  const told: LiveSteps[] = [], passed: string[] = [];
  const next = Promise.withResolvers<void>();
  using events = new WatchedEvents((steps) => {
    told.push(steps);
    next.resolve();
  }, ({ type }) => passed.push(type));
  events.emit(started("a"));
  events.emit(started("b"));
  events.emit({ type: "step_progress", step: "a", done: 3, total: 9, unit: "photos", loss: 1 });
  events.emit({ type: "step_progress", step: "unknown", done: 1, unit: "photos" });
  events.emit({
    type: "step_finished",
    step: "b",
    status: "ran",
    seconds: 1,
    reason: "",
    changes: [],
  });
  await next.promise;
  assert.equal(told.length, 1, "several events are told together");
  assert.deepEqual(Object.keys(told[0].steps), ["a"]);
  assert.deepEqual(told[0].steps.a.progress, { done: 3, total: 9, unit: "photos", loss: 1 });
  assert.ok(Date.parse(told[0].steps.a.started) <= Date.parse(told[0].at));
  assert.equal(passed.length, 5, "every event goes on to whoever shows it");
});

Deno.test("a run is attended while it goes, and leaves nothing that says so", async () => {
  using folder = new Folder();
  const { runs } = openStore(folder.store);
  // Its step goes on only after somebody has looked.
  const step = {
    name: "a",
    module: new URL("wait_for_file.ts", STEPS),
    parameters: schemaOf({ folder: folder.path, name: "a", checkpoints: false }),
    inputs: [],
    outputs: ["text.txt"],
    permissions: () => ({ read: [folder.path], write: [folder.path] }),
  };
  const looked = Promise.withResolvers<boolean>();
  const running = run(definePipeline([step]), {
    store: folder.store,
    onEvent: async ({ type }) => {
      if (type !== "step_started") return;
      const [id] = await runs.ids();
      looked.resolve(await runs.isAttended(id));
      folder.write("a.go", "");
    },
  });
  assert.equal(await looked.promise, true);
  const record = await running;
  assert.equal(record.status, "done");
  assert.equal(await runs.isAttended(record.id), false);
  assert.equal(await runs.live(record.id), undefined);
});

Deno.test("whoever died leaves what they were at, and is not there", async () => {
  using folder = new Folder();
  const store = openStore(folder.store);
  (await store.use())[Symbol.dispose]();
  const { id, folder: logs } = await store.runs.begin();
  const code = `
    import { openStore } from ${
    JSON.stringify(import.meta.resolve("../../../pipeline/implementations.ts"))
  };
    const runs = openStore(${JSON.stringify(folder.store)}).runs;
    const attendance = await runs.attend(${JSON.stringify(id)});
    attendance.tell({ at: "2026-01-01T00:00:00.000Z", steps: { a: { started: "", reason: "" } } });
    console.log("there");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  `;
  const script = folder.write("attend.ts", code);
  const child = new Deno.Command(Deno.execPath(), {
    // What the store imports is named there.
    args: ["run", "-A", "--no-check", `--config=${fileURLToPath(CONFIG)}`, script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  assert.equal(await store.runs.isAttended(id), true);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  assert.equal(await store.runs.isAttended(id), false);
  assert.deepEqual(Object.keys((await store.runs.live(id))!.steps), ["a"]);
  Deno.writeTextFileSync(`${logs}/a.log`, "first\nlast é");
  assert.equal(await store.runs.log(id, "a", 7), "last é");
  assert.equal(await store.runs.log(id, "a", 99), "first\nlast é");
  assert.equal(await store.runs.log(id, "b", 99), undefined);
});
