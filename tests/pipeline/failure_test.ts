import assert from "node:assert/strict";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { Folder, misbehave, runAlone, statuses, stepOf, STEPS, writeText } from "./rig.ts";

/** Runs a step that goes wrong and returns what is said of it. */
async function failureOf(way: string, path?: string) {
  using folder = new Folder();
  const { status, error } = await runAlone(misbehave(way, path), folder.store);
  assert.equal(status, "failed");
  const log = error!.logFile ? Deno.readTextFileSync(error!.logFile) : undefined;
  const left = [...Deno.readDirSync(`${folder.store}/tmp`), ...entriesIn(folder.store)];
  assert.deepEqual(left, [], "nothing half-written is left");
  return { ...error!, log };
}

const entriesIn = (store: string) => [...Deno.readDirSync(`${store}/entries`)];

Deno.test("a step that throws is reported with its message, its causes and its stack", async () => {
  const { message, stack, log } = await failureOf("throw");
  assert.equal(message, "the outer thing failed: an inner one did");
  assert.match(stack!, /misbehave\.ts/);
  assert.equal(log, "");
});

Deno.test("a rejection that nobody awaits fails the step", async () => {
  assert.equal((await failureOf("reject")).message, "nobody awaited this");
});

Deno.test("a step that exits early has failed, whatever its exit code", async () => {
  assert.equal((await failureOf("exit")).message, "its process ended with exit code 7");
  assert.match((await failureOf("exit_quietly")).message, /ended before the step was done/);
});

Deno.test("a killed step is reported as killed", async () => {
  assert.match((await failureOf("die")).message, /its process was killed/);
});

Deno.test("a step that leaves out a declared output has failed, and it says which", async () => {
  const { message } = await failureOf("write_nothing");
  assert.equal(message, "it ended without writing text.txt (it wrote nothing)");
});

Deno.test("an artifact with a link in it is refused", async () => {
  using folder = new Folder();
  const target = folder.write("target.txt", "outside");
  const linking = misbehave("link", target, {
    permissions: () => ({ read: true, write: true }),
  });
  const { status, error } = await runAlone(linking, folder.store);
  assert.equal(status, "failed");
  assert.match(error!.message, /^link is a link or a device: .* copy what it points to$/);
  assert.equal(Deno.readTextFileSync(target), "outside");
});

Deno.test("a module that does not parse, or is missing, fails its step by name", async () => {
  using folder = new Folder();
  const broken = new URL(`file://${folder.write("broken.ts", "this is not TypeScript(")}`);
  const record = await run(
    definePipeline([
      writeText("broken", [], { module: broken }),
      writeText("missing", [], { module: new URL("nowhere.ts", STEPS) }),
    ]),
    { store: folder.store, keepGoing: true },
  );
  const messages = Object.fromEntries(record.steps.map(({ step, reason }) => [step, reason]));
  assert.match(messages.broken, /Expected .*broken\.ts:1/s);
  assert.match(messages.missing, /Module not found "file:.*nowhere\.ts"/);
});

Deno.test("an error shows the end of the log, and where the whole of it is", async () => {
  using folder = new Folder();
  const chatty = folder.write(
    "chatty.ts",
    `import { runStep } from "${new URL("../../pipeline/process/step.ts", import.meta.url)}";
    await runStep(() => {
      for (let i = 1; i <= 100; i++) console.log("line", i);
      throw new Error("enough");
    });`,
  );
  const step = writeText("chatty", [], { module: new URL(`file://${chatty}`) });
  const { error } = await runAlone(step, folder.store);
  assert.equal(error!.message, "enough");
  assert.deepEqual(error!.logTail, Array.from({ length: 20 }, (_, i) => `line ${i + 81}`));
  assert.equal(Deno.readTextFileSync(error!.logFile!).split("\n").length, 101);
});

Deno.test("what a step prints goes to its log and does not disturb the protocol", async () => {
  using folder = new Folder();
  const record = await run(definePipeline([misbehave("print")]), { store: folder.store });
  assert.equal(record.steps[0].status, "ran");
  assert.equal(record.steps[0].result, "print");
  const log = Deno.readTextFileSync(`${folder.store}/runs/${record.id}/step.log`);
  for (const print of ["log", "info", "debug", "warn", "error", "dir", "table", "group", "time"]) {
    assert.match(log, new RegExp(`printed.*${print}`), print);
  }
  assert.match(log, /and no line end/);
});

Deno.test("a step's file started by hand says what it is instead of waiting", async () => {
  const command = `${Deno.execPath()} run ${new URL("write_text.ts", STEPS)}`;
  const terminal = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    stdin: "null",
  });
  const output = await terminal.output().catch(() => undefined);
  if (!output) return console.log("skipped: there is no `script` command to make a terminal");
  const said = new TextDecoder().decode(output.stdout);
  assert.match(said, /This file is a step: its pipeline runs it\./);
  assert.equal(output.code, 2);
});

/** A choice among candidates, one of which is made by `bad`. */
const choice = (bad: Partial<StepDeclaration>) => [
  writeText("good"),
  misbehave("read", "", { name: "bad", ...bad }),
  writeText("from_bad", ["bad"]),
  writeText("choose", ["good", "from_bad"], { optional: ["from_bad"] }),
  writeText("end", ["choose"]),
];

Deno.test("a step does without an input that is optional, and runs again when there is one", async () => {
  using folder = new Folder();
  const { store } = folder;
  const late = `${folder.path}/late.txt`;
  const steps = choice({ permissions: () => ({ read: [late] }) });
  const options = { store, parameters: { bad: { path: late } } };
  const first = await run(definePipeline(steps), options);
  assert.equal(first.status, "done");
  assert.deepEqual(statuses(first), {
    good: "ran",
    bad: "failed",
    from_bad: "skipped",
    choose: "ran",
    end: "ran",
  });
  const without = stepOf(first, "choose");
  // What it had is cached, but not that it was without the other.
  const again = await run(definePipeline(steps), options);
  assert.deepEqual(
    ["bad", "choose", "end"].map((step) => stepOf(again, step).status),
    ["failed", "cached", "cached"],
  );
  folder.write("late.txt", "there at last");
  const later = await run(definePipeline(steps), options);
  assert.equal(stepOf(later, "choose").status, "ran");
  assert.notEqual(stepOf(later, "choose").key, without.key);
  const [before, after] = [without, stepOf(later, "choose")].map(({ artifact }) =>
    Deno.readTextFileSync(`${artifact}/text.txt`)
  );
  assert.ok(!before.includes("there at last") && after.includes("there at last"), after);
});

Deno.test("what somebody asked for by name fails the run, optional elsewhere or not", async () => {
  using folder = new Folder();
  const record = await run(definePipeline(choice({})), {
    store: folder.store,
    targets: ["from_bad"],
  });
  assert.equal(record.status, "failed");
});
