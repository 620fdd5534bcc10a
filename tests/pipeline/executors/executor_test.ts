/** What every executor does for the orchestrator, wherever its steps run. */
import assert from "node:assert/strict";
import { LocalProcesses } from "../../../pipeline/executors/local_process.ts";
import { SlurmExecutor } from "../../../pipeline/executors/slurm/slurm_executor.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import type { Executor } from "../../../pipeline/executor.ts";
import {
  Folder,
  misbehave,
  runCollecting,
  schemaOf,
  statuses,
  stepOf,
  STEPS,
  writeText,
} from "../rig.ts";
import { begunOf, letGo, until, waitForFile } from "../../slurm/waiting.ts";
import { HELPER } from "../steps/ask_helper.ts";
import { ProcessSlurm } from "./slurm/process_slurm.ts";

const PACE = { look: 30, ask: 60, order: 30, grace: 500 };

/** Each makes an executor for a store. */
const EXECUTORS: Record<string, (store: string) => Executor & AsyncDisposable> = {
  "local processes": () => new LocalProcesses(),
  "jobs of Slurm's": (store) => {
    const slurm = new ProcessSlurm();
    const executor = new SlurmExecutor(slurm, {
      folder: `${store}/jobs`,
      flags: new Map(),
      partition: { name: "tests", nodes: [{ cores: 2, gpus: 0, memory: 2048 }], gpuKinds: [] },
      pace: PACE,
    });
    return {
      capacity: executor.capacity,
      execute: (work, hooks) => executor.execute(work, hooks),
      async [Symbol.asyncDispose]() {
        await executor[Symbol.asyncDispose]();
        await slurm[Symbol.asyncDispose]();
      },
    };
  },
};

const ignore = Deno.build.os === "windows";
if (ignore) console.log("executors: not tried on Windows, where clusters are none");

for (const [name, open] of Object.entries(EXECUTORS)) {
  Deno.test(
    `${name}: what a step writes, says and comes to is the orchestrator's`,
    { ignore },
    async () => {
      using folder = new Folder();
      await using executor = open(folder.store);
      const pipeline = definePipeline([writeText("a"), writeText("b", ["a"])]);
      const { record, events } = await runCollecting(pipeline, { ...folder, executor });
      assert.deepEqual(statuses(record), { a: "ran", b: "ran" });
      const { artifact, result } = stepOf(record, "b");
      assert.equal(Deno.readTextFileSync(`${artifact}/text.txt`), "a b");
      assert.deepEqual(result, { length: 1 });
      const told = events.filter((event) => "step" in event && event.step === "b");
      const progress = told.filter(({ type }) => type === "step_progress");
      assert.deepEqual(progress.map((event) => ({ ...event })), [
        { type: "step_progress", step: "b", done: 1, total: 1, unit: "texts", loss: 0.5 },
      ]);
      assert.ok(told.some((event) => event.type === "step_log" && event.text === "wrote b"));
      const log = Deno.readTextFileSync(`${folder.store}/runs/${record.id}/b.log`);
      assert.equal(log.match(/wrote b/g)?.length, 1, log);
    },
  );

  Deno.test(
    `${name}: a step's own error is its failure, with the end of its log`,
    { ignore },
    async () => {
      using folder = new Folder();
      await using executor = open(folder.store);
      const pipeline = definePipeline([misbehave("grumble")]);
      const { record } = await runCollecting(pipeline, { ...folder, executor });
      const { status, error } = stepOf(record, "step");
      assert.equal(status, "failed");
      const local = await runCollecting(pipeline, { ...folder });
      const expected = stepOf(local.record, "step").error!;
      assert.equal(error!.message, expected.message);
      assert.deepEqual(error!.logTail, expected.logTail);
      assert.equal(error!.cause, undefined);
      assert.ok(error!.logFile!.startsWith(`${folder.store}/runs/${record.id}/`));
    },
  );

  Deno.test(`${name}: a step may do what it declares, and no more`, { ignore }, async () => {
    using folder = new Folder();
    const secret = folder.write("secret.txt", "secret");
    await using executor = open(folder.store);
    const pipeline = definePipeline([misbehave("read", secret)]);
    const { record } = await runCollecting(pipeline, { ...folder, executor });
    assert.match(stepOf(record, "step").reason, /^Requires read access/);
  });

  Deno.test(`${name}: a limit ends a step, and says what it was at`, { ignore }, async () => {
    using folder = new Folder();
    await using executor = open(folder.store);
    const step = waitForFile(folder.path, "step", { timeLimit: () => 3 });
    const { record } = await runCollecting(definePipeline([step]), { ...folder, executor });
    const { error } = stepOf(record, "step");
    assert.equal(
      error!.message,
      "it took longer than its limit of 3 s; it was at the file step.go",
    );
    assert.equal(error!.cause, "late");
  });

  Deno.test(`${name}: an interruption ends a step, and leaves no draft`, { ignore }, async () => {
    using folder = new Folder();
    const interruption = new AbortController();
    {
      await using executor = open(folder.store);
      const running = runCollecting(definePipeline([waitForFile(folder.path, "step")]), {
        ...folder,
        executor,
        signal: interruption.signal,
      });
      await until("the step", () => begunOf(folder.path, "step").length > 0);
      interruption.abort(new Error("interrupted"));
      assert.equal((await running).record.status, "interrupted");
    }
    const [pid] = begunOf(folder.path, "step")[0].split(" ").map(Number);
    await until("its end", () => {
      try {
        Deno.kill(pid, "SIGCONT");
        return false;
      } catch {
        return true;
      }
    });
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
  });

  Deno.test(`${name}: an attempt goes on at the last checkpoint`, { ignore }, async () => {
    using folder = new Folder();
    await using executor = open(folder.store);
    const pipeline = definePipeline([
      waitForFile(folder.path, "step", { checkpointsAcross: [] }),
    ]);
    const interruption = new AbortController();
    const first = runCollecting(pipeline, { ...folder, executor, signal: interruption.signal });
    await until("the step", () => begunOf(folder.path, "step").length > 0);
    interruption.abort(new Error("interrupted"));
    await first;
    letGo(folder.path, "step");
    const { record } = await runCollecting(pipeline, { ...folder, executor });
    assert.deepEqual(statuses(record), { step: "ran" });
    assert.deepEqual(begunOf(folder.path, "step").map((line) => line.split(" ")[1]), ["0", "1"]);
  });

  Deno.test(
    `${name}: a step sees the variables that it declares as they are here`,
    { ignore },
    async () => {
      using folder = new Folder();
      await using executor = open(folder.store);
      Deno.env.set("GRAFT_TEST_VARIABLE", "its value");
      try {
        const step = {
          name: "step",
          module: new URL("read_variable.ts", STEPS),
          parameters: schemaOf({ name: "GRAFT_TEST_VARIABLE" }),
          environment: () => ["GRAFT_TEST_VARIABLE"],
          inputs: [],
          outputs: ["text.txt"],
        };
        const { record } = await runCollecting(definePipeline([step]), { ...folder, executor });
        assert.equal(
          Deno.readTextFileSync(`${stepOf(record, "step").artifact}/text.txt`),
          "its value",
        );
      } finally {
        Deno.env.delete("GRAFT_TEST_VARIABLE");
      }
    },
  );

  Deno.test(`${name}: values of single items are kept for the next step`, { ignore }, async () => {
    using folder = new Folder();
    await using executor = open(folder.store);
    const step = (words: string[]) => ({
      name: "step",
      module: new URL("shout_items.ts", STEPS),
      parameters: schemaOf({ words, loudness: 1 }),
      itemCache: { shouts: new URL("worker/shout.ts", STEPS) },
      inputs: [],
      outputs: ["text.txt", "made.json"],
    });
    await runCollecting(definePipeline([step(["a", "b"])]), { ...folder, executor });
    const { record } = await runCollecting(definePipeline([step(["b", "c"])]), {
      ...folder,
      executor,
    });
    const { artifact } = stepOf(record, "step");
    assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${artifact}/made.json`)), ["c"]);
  });

  Deno.test(`${name}: a step's helpers answer it, wherever it runs`, { ignore }, async () => {
    using folder = new Folder();
    await using executor = open(folder.store);
    const step = {
      name: "asks",
      module: new URL("ask_helper.ts", STEPS),
      parameters: schemaOf({ bytes: [1, 2], patience: 60_000 }),
      inputs: [],
      outputs: ["text.txt"],
      helpers: { next: HELPER },
    };
    const { record } = await runCollecting(definePipeline([step]), { ...folder, executor });
    assert.deepEqual(statuses(record), { asks: "ran" }, record.steps[0].reason);
  });
}
