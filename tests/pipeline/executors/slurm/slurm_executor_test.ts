/** What is a job's alone: how it is asked for, and how it is lost. */
import assert from "node:assert/strict";
import type { Slurm, Submission } from "../../../../pipeline/executors/slurm/slurm.ts";
import { SlurmExecutor } from "../../../../pipeline/executors/slurm/slurm_executor.ts";
import { Ticket } from "../../../../pipeline/executors/slurm/ticket.ts";
import { definePipeline } from "../../../../pipeline/graph.ts";
import { begunOf, letGo, until, waitForFile } from "../../../slurm/waiting.ts";
import { Folder, Gate, misbehave, runCollecting, statuses, stepOf, writeText } from "../../rig.ts";
import { ProcessSlurm } from "./process_slurm.ts";

const ignore = Deno.build.os === "windows";
if (ignore) console.log("Slurm's executor: not tried on Windows, where there is no Slurm");

const open = (folder: Folder, slurm: Slurm, detach = false) =>
  new SlurmExecutor(slurm, {
    folder: `${folder.store}/jobs`,
    flags: new Map(),
    partition: { name: "tests", nodes: [{ cores: 2, gpus: 0, memory: 2048 }], gpuKinds: [] },
    pace: { look: 30, ask: 60, order: 30, grace: 300 },
    detach,
  });

/** Does something before it submits. */
class Before extends ProcessSlurm {
  constructor(private readonly change: (submission: Submission) => Submission) {
    super();
  }

  override submit(submission: Submission): Promise<string> {
    return super.submit(this.change(submission));
  }
}

Deno.test("steps that are ready together are submitted together", { ignore }, async () => {
  using folder = new Folder();
  await using slurm = new ProcessSlurm();
  await using executor = open(folder, slurm);
  const names = ["b", "c", "d", "e"];
  const pipeline = definePipeline([writeText("a"), ...names.map((name) => writeText(name, ["a"]))]);
  const { record, events } = await runCollecting(pipeline, { ...folder, executor });
  assert.equal(record.status, "done");
  assert.deepEqual(events.filter(({ type }) => type === "step_retried"), []);
  assert.deepEqual(slurm.submissions.map(({ tasks }) => tasks), [1, 4]);
});

Deno.test(
  "a step that may use the network, or is told secrets, runs here",
  { ignore },
  async () => {
    using folder = new Folder();
    await using gate = new Gate();
    await using slurm = new ProcessSlurm();
    await using executor = open(folder, slurm);
    const secretive = writeText("secretive", [], {
      conceal: (parameters) => ({ parameters, secrets: [] }),
    });
    const running = runCollecting(definePipeline([gate.step("a"), secretive]), {
      ...folder,
      executor,
    });
    await (await gate.arrival()).go();
    assert.deepEqual(statuses((await running).record), { a: "ran", secretive: "ran" });
    assert.deepEqual(slurm.submissions, []);
  },
);

Deno.test("code that is edited while a job waits gives no result under the old code's key", {
  ignore,
}, async () => {
  using folder = new Folder();
  const step = new URL("../../steps/write_text.ts", import.meta.url);
  const source = Deno.readTextFileSync(step).replaceAll(
    "../../../pipeline/",
    new URL("../../../../pipeline/", import.meta.url).href,
  );
  const module = folder.write("project/step.ts", source);
  folder.write("project/deno.json", "{}");
  await using slurm = new Before((submission) => {
    Deno.writeTextFileSync(module, source.replace("wrote", "has written"));
    return submission;
  });
  await using executor = open(folder, slurm);
  const edited = writeText("edited", [], { module: new URL(`file://${module}`) });
  const { record } = await runCollecting(definePipeline([edited]), { ...folder, executor });
  assert.match(stepOf(record, "edited").reason, /step\.ts.* changed|changed since the job was/);
  assert.equal(stepOf(record, "edited").status, "failed");
});

Deno.test(
  "a job that ends without a word is submitted anew, twice, and told with what it printed",
  {
    ignore,
  },
  async () => {
    using folder = new Folder();
    await using slurm = new Before((submission) => ({
      ...submission,
      script: `echo "error: deno: not found" > ${submission.folder}/0.out; exit 127`,
    }));
    await using executor = open(folder, slurm);
    const { record, events } = await runCollecting(definePipeline([writeText("a")]), {
      ...folder,
      executor,
      retryWait: 0.01,
    });
    assert.equal(slurm.submissions.length, 3);
    assert.equal(events.filter(({ type }) => type === "step_retried").length, 2);
    const { error } = stepOf(record, "a");
    assert.equal(error!.cause, "lost");
    assert.equal(
      error!.message,
      "its job 3_0 ended without a word (error: deno: not found)",
    );
  },
);

Deno.test("a step that is killed for its memory is told what its job had", { ignore }, async () => {
  using folder = new Folder();
  await using slurm = new ProcessSlurm();
  await using executor = open(folder, slurm);
  const { record } = await runCollecting(definePipeline([misbehave("die")]), {
    ...folder,
    executor,
  });
  assert.match(stepOf(record, "step").reason, /more than the 256 MB of its job: .*--slurm mem=/);
  assert.equal(slurm.submissions.length, 1);
});

Deno.test("what was left running is taken up, unless the step is forced", { ignore }, async () => {
  using folder = new Folder();
  await using slurm = new ProcessSlurm();
  const pipeline = definePipeline([waitForFile(folder.path, "left")]);
  const interruption = new AbortController();
  {
    await using executor = open(folder, slurm, true);
    const running = runCollecting(pipeline, {
      ...folder,
      executor,
      signal: interruption.signal,
    });
    await until("the step", () => begunOf(folder.path, "left").length === 1);
    interruption.abort(new Error("Ctrl-C"));
    await running;
  }
  letGo(folder.path, "left");
  {
    await using executor = open(folder, slurm);
    const { record } = await runCollecting(pipeline, { ...folder, executor });
    assert.deepEqual(statuses(record), { left: "ran" });
  }
  assert.equal(begunOf(folder.path, "left").length, 1);
  await using executor = open(folder, slurm);
  await runCollecting(pipeline, { ...folder, executor, force: true });
  assert.equal(begunOf(folder.path, "left").length, 2);
});

Deno.test("what is not what its node wrote is made again", { ignore }, async () => {
  using folder = new Folder();
  let isFirst = true;
  await using slurm = new Before((submission) => {
    if (!isFirst) return submission;
    isFirst = false;
    // After the job left its word, and before anyone looks, a file system gives back other bytes.
    const spoil =
      `find ${folder.store}/jobs -name text.txt | while read f; do echo spoiled > "$f"; done`;
    return { ...submission, script: submission.script.replace("exec ", "") + spoil };
  });
  await using executor = new SlurmExecutor(slurm, {
    folder: `${folder.store}/jobs`,
    flags: new Map(),
    partition: { name: "tests", nodes: [{ cores: 2, gpus: 0, memory: 2048 }], gpuKinds: [] },
    pace: { look: 3000, ask: 3000, order: 30, grace: 300 },
  });
  const { record, events } = await runCollecting(definePipeline([writeText("a")]), {
    ...folder,
    executor,
    retryWait: 0.01,
  });
  const retried = events.flatMap((event) => event.type === "step_retried" ? [event.message] : []);
  assert.deepEqual(retried, [
    "what its machine wrote is not what arrived here: the file system lost some of it",
  ]);
  assert.equal(Deno.readTextFileSync(`${stepOf(record, "a").artifact}/text.txt`), "a");
});

Deno.test("after a failure what only waits is taken out of the queue, and what runs goes on", {
  ignore,
}, async () => {
  using folder = new Folder();
  const cancelled: string[] = [];
  let waits = "";
  /** Has no place for the step that waits, in whichever array and whichever of its jobs that is. */
  class Full extends ProcessSlurm {
    override async submit(submission: Submission): Promise<string> {
      const array = await super.submit(submission);
      const tickets = JSON.parse(Deno.readTextFileSync(`${submission.folder}/tickets.json`));
      const task = tickets.findIndex((folder: string) =>
        new Ticket(folder).work?.module.includes("wait_for_file")
      );
      if (task >= 0) waits = `${array}_${task}`;
      return array;
    }
    override async queue() {
      return (await super.queue()).map((row) =>
        row.id === waits
          ? { ...row, state: cancelled.includes(row.id) ? "CANCELLED" : "PENDING" }
          : row
      );
    }
    override cancel(ids: readonly string[]): Promise<void> {
      cancelled.push(...ids);
      return super.cancel(ids);
    }
  }
  await using slurm = new Full();
  await using executor = open(folder, slurm);
  const { record } = await runCollecting(
    definePipeline([misbehave("throw"), waitForFile(folder.path, "waits")]),
    { ...folder, executor },
  );
  assert.deepEqual(statuses(record), { step: "failed", waits: "skipped" });
  // Unless it was not even asked for by then.
  assert.deepEqual(cancelled, waits ? [waits] : []);
});
