import assert from "node:assert/strict";
import { Layout } from "../../pipeline/store/layout.ts";
import { tryLock } from "../../pipeline/store/lock.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { Folder, Gate, runCollecting, schemaOf, statuses, writeText } from "./rig.ts";

for (const deaf of [false, true]) {
  const how = deaf ? "by force, if it does not listen" : "politely";
  Deno.test(`an interrupted run ends its steps ${how}, and keeps what was finished`, async () => {
    using folder = new Folder();
    await using gate = new Gate();
    const controller = new AbortController();
    const pipeline = definePipeline([
      writeText("before"),
      gate.step("waits", { inputs: ["before"], deaf }),
      writeText("after", ["waits"]),
    ]);
    const running = runCollecting(pipeline, { ...folder, signal: controller.signal });
    const arrival = await gate.arrival();
    const started = performance.now();
    controller.abort(new Error("Ctrl-C"));
    const { record, events } = await running;
    assert.ok(performance.now() - started < 4000);
    assert.equal(record.status, "interrupted");
    assert.deepEqual(record.steps.map(({ step, status, reason }) => [step, status, reason]), [
      ["before", "ran", "it never ran"],
      ["waits", "skipped", "interrupted"],
      ["after", "skipped", "it needs waits"],
    ]);
    assert.equal(await arrival.gone, null, "the step's process has ended");
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
    const last = events.at(-1)!;
    assert.ok(last.type === "run_finished" && last.status === "interrupted");
    const again = await run(pipeline, { ...folder, targets: ["before"] });
    assert.deepEqual(statuses(again), { before: "cached" });
  });
}

Deno.test("a run can be interrupted while it waits for another one", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([writeText("a")]);
  const { steps: [{ key }] } = await run(pipeline, folder);
  using _held = await tryLock(new Layout(folder.store).lock("a", key!), "exclusive");
  const controller = new AbortController();
  const record = await run(pipeline, {
    ...folder,
    force: true,
    signal: controller.signal,
    onEvent: ({ type }) => type === "step_log" && controller.abort(new Error("Ctrl-C")),
  });
  assert.equal(record.status, "interrupted");
  assert.deepEqual(statuses(record), { a: "skipped" });
});

Deno.test("a run that is interrupted before it begins runs nothing", async () => {
  using folder = new Folder();
  const signal = AbortSignal.abort(new Error("Ctrl-C"));
  await assert.rejects(run(definePipeline([writeText("a")]), { ...folder, signal }), /Ctrl-C/);
});

Deno.test("code that is edited during a wait is run as edited, under its own key", async () => {
  using folder = new Folder();
  const step = new URL("../../pipeline/process/step.ts", import.meta.url);
  const write = (text: string) =>
    folder.write(
      "step.ts",
      `import { runStep } from "${step}";
       await runStep((c) => Deno.writeTextFile(c.output + "/text.txt", "${text}"));`,
    );
  const module = new URL(`file://${write("before")}`);
  const pipeline = definePipeline([writeText("a", [], { module, parameters: schemaOf({}) })]);
  const first = (await run(pipeline, folder)).steps[0];
  const held = await tryLock(new Layout(folder.store).lock("a", first.key!), "exclusive");
  const onEvent = ({ type }: { type: string }) => {
    if (type !== "step_log") return;
    write("after");
    held![Symbol.dispose]();
  };
  const second = (await run(pipeline, { ...folder, force: true, onEvent })).steps[0];
  assert.notEqual(second.key, first.key);
  assert.equal(Deno.readTextFileSync(`${second.artifact}/text.txt`), "after");
  assert.equal(Deno.readTextFileSync(`${first.artifact}/text.txt`), "before");
});

Deno.test("code that is edited while the step starts fails the step", async () => {
  using folder = new Folder();
  const path = folder.write("step.ts", "export {};");
  const step = writeText("a", [], { module: new URL(`file://${path}`) });
  const { steps: [{ status, error }] } = await run(definePipeline([step]), {
    ...folder,
    executor: {
      async execute(_work, { onReady }) {
        folder.write("step.ts", "export const edited = true;");
        const message = await onReady().then(() => "not noticed", ({ message }) => message);
        return { status: "failed", error: { message, logTail: [] } };
      },
    },
  });
  assert.equal(status, "failed");
  assert.match(error!.message, /^while it ran, step\.ts changed: run again/);
});

Deno.test("a user's file that changes while the step reads it fails the step", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const path = folder.write("photos/1.jpg", "1");
  const pipeline = definePipeline([gate.step("a", { externals: () => [path] })]);
  const running = run(pipeline, folder);
  const { go } = await gate.arrival();
  folder.write("photos/1.jpg", "one");
  await go();
  const { steps: [{ status, error }] } = await running;
  assert.equal(status, "failed");
  assert.equal(
    error!.message,
    `while it ran, ${path} changed: run again to have a result that is true`,
  );
});
