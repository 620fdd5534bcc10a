import assert from "node:assert/strict";
import * as v from "valibot";
import { Layout } from "../../pipeline/store/layout.ts";
import { tryLock } from "../../pipeline/store/lock.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { latestArtifact, listRuns } from "../../pipeline/upkeep/history.ts";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import type { Change } from "../../pipeline/explain/changes.ts";
import { run, type RunOptions } from "../../pipeline/run.ts";
import {
  Folder,
  Gate,
  misbehave,
  runCollecting,
  schemaOf,
  statuses,
  stepOf,
  writeText,
} from "./rig.ts";

const chain = definePipeline([writeText("a"), writeText("b", ["a"]), writeText("c", ["b"])]);

Deno.test("a pipeline runs in order, and a second run finds everything cached", async () => {
  using folder = new Folder();
  const first = await run(chain, { store: folder.store });
  assert.deepEqual(statuses(first), { a: "ran", b: "ran", c: "ran" });
  assert.equal(Deno.readTextFileSync(`${first.steps[2].artifact}/text.txt`), "a b c");
  const second = await run(chain, { store: folder.store });
  assert.deepEqual(statuses(second), { a: "cached", b: "cached", c: "cached" });
  assert.deepEqual(
    second.steps.map(({ artifact, key, result }) => ({ artifact, key, result })),
    first.steps.map(({ artifact, key, result }) => ({ artifact, key, result })),
  );
});

Deno.test("a changed parameter reruns its step and those downstream", async () => {
  using folder = new Folder();
  await run(chain, { store: folder.store });
  const record = await run(chain, { store: folder.store, parameters: { b: { text: "B" } } });
  assert.deepEqual(statuses(record), { a: "cached", b: "ran", c: "ran" });
  assert.deepEqual(record.steps.map(({ reason }) => reason), [
    "nothing changed",
    `text: "b" → "B"`,
    "b gave another result",
  ]);
});

Deno.test("a step that gives an unchanged result stops the wave", async () => {
  using folder = new Folder();
  const withEffect = (effect: number) =>
    definePipeline([
      writeText("a", [], { parameters: schemaOf({ text: "a", effect }) }),
      writeText("b", ["a"]),
    ]);
  const first = await run(withEffect(1), { store: folder.store });
  const second = await run(withEffect(2), { store: folder.store });
  assert.deepEqual(statuses(second), { a: "ran", b: "cached" });
  assert.equal(second.steps[0].artifact, first.steps[0].artifact, "equal content is shared");
});

Deno.test("a parameter that changes no result reaches the step and not the key", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([writeText("a", [], { notInKey: ["text"] })]);
  const first = await run(pipeline, { store: folder.store, parameters: { a: { text: "one" } } });
  assert.equal(Deno.readTextFileSync(`${first.steps[0].artifact}/text.txt`), "one");
  const second = await run(pipeline, { store: folder.store, parameters: { a: { text: "two" } } });
  assert.deepEqual(statuses(second), { a: "cached" });
});

Deno.test("a schema of valibot's fills in defaults and refuses by the parameter's path", async () => {
  using folder = new Folder();
  const parameters = v.object({
    text: v.optional(v.string(), "default"),
    recipe: v.optional(v.object({ epochs: v.number() }), { epochs: 1 }),
  });
  const pipeline = definePipeline([writeText("a", [], { parameters })]);
  const record = await run(pipeline, folder);
  assert.deepEqual(record.parameters.a, { text: "default", recipe: { epochs: 1 } });
  assert.equal(Deno.readTextFileSync(`${record.steps[0].artifact}/text.txt`), "default");
  const wrong = { a: { recipe: { epochs: "5" } } };
  await assert.rejects(run(pipeline, { ...folder, parameters: wrong }), {
    name: "PipelineError",
    message:
      'parameters of step "a": recipe.epochs: Invalid type: Expected number but received "5"',
  });
});

Deno.test("only the targets and what they need are run", async () => {
  using folder = new Folder();
  const record = await run(chain, { store: folder.store, targets: ["b"] });
  assert.deepEqual(statuses(record), { a: "ran", b: "ran" });
});

Deno.test("force reruns the targets, the named steps or everything, and nothing else", async () => {
  using folder = new Folder();
  const { store } = folder;
  await run(chain, { store });
  const target = await run(chain, { store, targets: ["b"], force: true });
  assert.deepEqual(statuses(target), { a: "cached", b: "ran" });
  const named = await run(chain, { store, force: ["a"] });
  assert.deepEqual(statuses(named), { a: "ran", b: "cached", c: "cached" });
  const all = await run(chain, { store, force: true });
  assert.deepEqual(statuses(all), { a: "ran", b: "ran", c: "ran" });
});

Deno.test("a run tells what it does in events", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([writeText("a")]);
  const ran = await runCollecting(pipeline, { store: folder.store });
  const artifact = ran.record.steps[0].artifact!;
  const seconds = 0, reason = "it never ran";
  const withoutTimes = ran.events.map((event) =>
    "seconds" in event ? { ...event, seconds } : event
  );
  const id = ran.record.id;
  assert.deepEqual(JSON.parse(JSON.stringify(withoutTimes)), [
    { type: "run_started", run: id, steps: ["a"] },
    { type: "step_started", step: "a", reason, why: "never_ran", changes: [] },
    { type: "step_progress", step: "a", done: 1, total: 1, unit: "texts", loss: 0.5 },
    { type: "step_log", step: "a", text: "wrote a" },
    { type: "step_result", step: "a", value: { length: 1 } },
    {
      type: "step_finished",
      step: "a",
      status: "ran",
      artifact,
      seconds,
      reason,
      changes: [],
    },
    { type: "run_finished", run: id, status: "done", seconds },
  ]);
  const cached = await runCollecting(pipeline, { store: folder.store });
  assert.deepEqual(cached.events.map(({ type }) => type), [
    "run_started",
    "step_result",
    "step_finished",
    "run_finished",
  ]);
});

Deno.test("events tell what differs as data, also of a step that is forced or fails", async () => {
  using folder = new Folder();
  const told = async (step: StepDeclaration, options: Partial<RunOptions> = {}) => {
    const { events } = await runCollecting(definePipeline([step]), { ...folder, ...options });
    const started = events.filter((event) => event.type === "step_started");
    const [finished] = events.filter((event) => event.type === "step_finished");
    return [started.map(({ why, changes }) => [why, changes]), finished.status, finished.changes];
  };
  const a = writeText("a");
  assert.deepEqual(await told(a), [[["never_ran", []]], "ran", []]);
  assert.deepEqual(await told(a), [[], "cached", []]);
  assert.deepEqual(await told(a, { force: true }), [[["forced", []]], "ran", []]);
  const text = { kind: "parameter", name: "text", before: `"a"`, after: `"b"` };
  const parameters = { a: { text: "b" } };
  assert.deepEqual(await told(a, { parameters }), [[["changed", [text]]], "ran", [text]]);
  const [, status, changes] = await told(misbehave("throw", "", { name: "a" }));
  assert.equal(status, "failed");
  assert.deepEqual(
    (changes as Change[]).map(({ kind, name }) => [kind, name]).slice(0, 4),
    [["parameter", "path"], ["parameter", "text"], ["parameter", "way"], [
      "file",
      "tests/pipeline/steps/misbehave.ts",
    ]],
  );
});

Deno.test("what needs a failed step is skipped, and so is what has not begun", async () => {
  using folder = new Folder();
  const apart = writeText("apart");
  const { key } = stepOf(await run(definePipeline([apart]), folder), "apart");
  // It cannot begin before the other step has failed.
  using _held = await tryLock(new Layout(folder.store).lock("apart", key!), "exclusive");
  const pipeline = definePipeline([
    misbehave("throw"),
    writeText("after", ["step"]),
    writeText("later", ["after"]),
    apart,
  ]);
  const { record, events } = await runCollecting(pipeline, { ...folder, force: ["apart"] });
  assert.equal(record.status, "failed");
  const reasons = record.steps.map(({ step, status, reason }) => [step, status, reason]).sort();
  assert.deepEqual(reasons, [
    ["after", "skipped", "it needs step"],
    ["apart", "skipped", "step failed"],
    ["later", "skipped", "it needs after"],
    ["step", "failed", "the outer thing failed: an inner one did"],
  ]);
  assert.equal(events.filter(({ type }) => type === "step_finished").length, 4);
});

Deno.test("what a failed step waited for room is not its time", async () => {
  using folder = new Folder();
  const wrong = ["a", "b"].map((name) => misbehave("throw", "", { name }));
  const options = { store: folder.store, jobs: 1, keepGoing: true };
  const { steps, seconds } = await run(definePipeline(wrong), options);
  assert.deepEqual(steps.map(({ status }) => status), ["failed", "failed"]);
  assert.ok(steps.reduce((sum, { seconds }) => sum + seconds, 0) <= seconds);
});

Deno.test("with keepGoing what does not need the failed step still runs", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([misbehave("throw"), writeText("b", ["step"]), writeText("c")]);
  const record = await run(pipeline, { store: folder.store, jobs: 1, keepGoing: true });
  assert.deepEqual(statuses(record), { step: "failed", b: "skipped", c: "ran" });
  assert.equal(record.status, "failed");
});

Deno.test("steps run side by side where there is room", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const pipeline = definePipeline([gate.step("a"), gate.step("b")]);
  const running = run(pipeline, { store: folder.store, resources: { cpu: 2 } });
  const arrivals = [await gate.arrival(), await gate.arrival()];
  for (const { go } of arrivals) await go();
  assert.deepEqual(statuses(await running), { a: "ran", b: "ran" });
});

Deno.test("steps that do not fit together run one after the other", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const wanting = { resources: () => ({ gpu: 1 }) };
  const pipeline = definePipeline([gate.step("a", wanting), gate.step("b", wanting)]);
  const events: string[] = [];
  const running = run(pipeline, {
    store: folder.store,
    resources: { cpu: 4, gpu: 1 },
    onEvent: (event) => "step" in event && events.push(`${event.type} ${event.step}`),
  });
  for (let i = 0; i < 2; i++) await (await gate.arrival()).go();
  const { status, steps, seconds } = await running;
  assert.equal(status, "done");
  // The wait for room is nobody's time.
  assert.ok(steps.reduce((sum, step) => sum + step.seconds, 0) <= seconds);
  const order = events.filter((event) => /started|finished/.test(event));
  const [first, second] = order[0].endsWith("a") ? ["a", "b"] : ["b", "a"];
  assert.deepEqual(order, [
    `step_started ${first}`,
    `step_finished ${first}`,
    `step_started ${second}`,
    `step_finished ${second}`,
  ]);
});

Deno.test("runs are listed, the newest first, with what each step did and why", async () => {
  using folder = new Folder();
  const first = await run(chain, { store: folder.store, targets: ["a"] });
  const second = await run(chain, { store: folder.store });
  const runs = await listRuns(folder.store);
  assert.deepEqual(runs, JSON.parse(JSON.stringify([second, first])));
  assert.deepEqual(runs[1].targets, ["a"]);
  assert.deepEqual(runs[0].parameters, { a: { text: "a" }, b: { text: "b" }, c: { text: "c" } });
});

Deno.test("wrong parameters and unknown steps are refused before anything runs", async () => {
  using folder = new Folder();
  const { store } = folder;
  const refused: [object, RegExp][] = [
    [{ parameters: { a: { txt: 1 } } }, /parameters of step "a": txt: is not known/],
    [{ parameters: { z: {} } }, /no step is named "z": there are a, b, c/],
    [{ targets: ["z"] }, /no step is named "z"/],
    [{ force: ["z"] }, /no step is named "z"/],
    [{ parameters: { a: { text: NaN } } }, /step "a": they\.text is NaN, which JSON cannot hold/],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(run(chain, { store, ...options }), { name: "PipelineError", message });
  }
  const bare = definePipeline([writeText("a", [], { parameters: undefined })]);
  await assert.rejects(
    run(bare, { store, parameters: { a: { text: 1 } } }),
    /it takes none, got text/,
  );
  assert.throws(() => Deno.statSync(store), Deno.errors.NotFound);
});

Deno.test("no step reads a damaged artifact: it is named, and the next run makes it anew", async () => {
  using folder = new Folder();
  const { store } = folder;
  const first = await run(chain, { store });
  // A flipped bit: neither size nor time tells.
  const file = `${stepOf(first, "a").artifact}/text.txt`;
  const { mtime } = Deno.statSync(file);
  Deno.writeTextFileSync(file, "q");
  Deno.utimeSync(file, mtime!, mtime!);
  const again = { store, parameters: { b: { text: "B" } } };
  const failed = await run(chain, again);
  assert.deepEqual(statuses(failed), { a: "cached", b: "failed", c: "skipped" });
  assert.match(
    stepOf(failed, "b").reason,
    /^the artifact of a is damaged: text\.txt has other content: run again/,
  );
  const healed = await run(chain, again);
  assert.deepEqual(statuses(healed), { a: "ran", b: "ran", c: "ran" });
  assert.equal(Deno.readTextFileSync(`${stepOf(healed, "c").artifact}/text.txt`), "a B c");
});

Deno.test("a cached step whose handed-on file has a flipped bit is made anew, and says why", async () => {
  using folder = new Folder();
  const { store } = folder;
  const handing = definePipeline([writeText("a", [], { handedOn: ["text.txt"] })]);
  const flip = ({ artifact }: { artifact?: string }) => {
    const file = `${artifact}/text.txt`;
    const { mtime } = Deno.statSync(file);
    Deno.writeTextFileSync(file, "q");
    Deno.utimeSync(file, mtime!, mtime!);
  };
  const first = await run(handing, { store });
  assert.deepEqual(statuses(await run(handing, { store })), { a: "cached" });
  flip(stepOf(first, "a"));
  const healed = await run(handing, { store });
  assert.deepEqual(statuses(healed), { a: "ran" });
  assert.equal(stepOf(healed, "a").reason, "its artifact is damaged: text.txt has other content");
  assert.equal(Deno.readTextFileSync(`${stepOf(healed, "a").artifact}/text.txt`), "a");
  // Nor is it taken from a store that is only read.
  flip(stepOf(first, "a"));
  const elsewhere = await run(handing, { store: `${folder.path}/own`, readFrom: [store] });
  assert.deepEqual(statuses(elsewhere), { a: "ran" });
});

Deno.test("a clock that jumps back changes neither what is cached nor which run is the newest", async () => {
  using folder = new Folder();
  const first = await run(chain, folder);
  const now = Date.now;
  Date.now = () => now() - 3_600_000;
  try {
    const second = await run(chain, folder);
    assert.deepEqual(statuses(second), { a: "cached", b: "cached", c: "cached" });
    assert.deepEqual((await listRuns(folder.store)).map(({ id }) => id), [second.id, first.id]);
    const third = await run(chain, { ...folder, parameters: { c: { text: "C" } } });
    assert.deepEqual(statuses(third), { a: "cached", b: "cached", c: "ran" });
    assert.equal((await latestArtifact(folder.store, "c"))!.path, stepOf(third, "c").artifact);
  } finally {
    Date.now = now;
  }
});
