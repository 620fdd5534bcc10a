/** Steps as jobs of a real Slurm: its nodes, its controller and our own process are lost meanwhile. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { expand } from "../../pipeline/expand.ts";
import { definePipeline, type Pipeline } from "../../pipeline/graph.ts";
import { run, type RunOptions } from "../../pipeline/run.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { Folder, statuses, stepOf, writeText } from "../pipeline/rig.ts";
import { executorOn, TestCluster, whyNoSlurm } from "./cluster.ts";
import { filesBelow } from "./files_below.ts";
import { begunOf, letGo, until, waitForFile } from "./waiting.ts";

const missing = whyNoSlurm();
if (missing) console.log(`Slurm: not tried, ${missing}`);

/** A run on the cluster, with its events. */
async function runOn(
  folder: Folder,
  pipeline: Pipeline,
  { flags, detach, ...options }: Partial<RunOptions> & { flags?: string; detach?: boolean } = {},
) {
  const events: PipelineEvent[] = [];
  await using executor = executorOn(folder.store, flags, { detach });
  const onEvent = (event: PipelineEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const record = await run(pipeline, {
    store: folder.store,
    executor,
    retryWait: 0.1,
    ...options,
    onEvent,
  });
  return { record, events };
}

/** Of what steps told, the jobs: "12_0 on n2". */
const jobsIn = (events: readonly PipelineEvent[]) =>
  events.flatMap((event) =>
    event.type === "step_log" && / on n\d$/.test(event.text)
      ? [event.text.slice("job ".length)]
      : []
  );

const retriesIn = (events: readonly PipelineEvent[]) =>
  events.flatMap((event) => event.type === "step_retried" ? [event.message] : []);

const textOf = (record: RunRecord, step: string) =>
  Deno.readTextFileSync(`${stepOf(record, step).artifact}/text.txt`);

/** Twelve settings of three steps, of which the first is one for all of them, and a table. */
function sweep() {
  const pipeline = definePipeline([
    writeText("photos"),
    writeText("train", ["photos"]),
    writeText("evaluate", ["train"]),
  ]);
  const settings = ["1e-3", "1e-2", "1e-1"].flatMap((lr) =>
    ["0", "1", "2", "3"].map((seed) => ({
      labels: { lr, seed },
      parameters: { train: { text: `trained with ${lr}, ${seed}` } },
    }))
  );
  const { steps, parameters, instances } = expand(pipeline, settings);
  const table = writeText("table", instances.map(({ evaluate }) => evaluate));
  return { pipeline: definePipeline([...steps, table]), parameters };
}

async function sweepEqualsLocal() {
  using cluster = new Folder(), local = new Folder();
  const { pipeline, parameters } = sweep();
  const there = await runOn(cluster, pipeline, { parameters });
  const here = await run(pipeline, { store: local.store, parameters });
  assert.equal(there.record.status, "done");
  assert.equal(there.record.steps.length, 26);
  const keys = ({ steps }: RunRecord) =>
    Object.fromEntries(steps.map(({ step, key }) => [step, key]));
  assert.deepEqual(keys(there.record), keys(here));
  assert.deepEqual(
    filesBelow(`${cluster.store}/artifacts`),
    filesBelow(`${local.store}/artifacts`),
  );
  const nodes = new Set(jobsIn(there.events).map((job) => job.split(" ").at(-1)));
  assert.deepEqual([...nodes].sort(), ["n1", "n2", "n3"]);
  assert.deepEqual(await verify(cluster.store), []);
  const left = [...Deno.readDirSync(`${cluster.store}/jobs`)].map(({ name }) => name);
  assert.deepEqual(left, ["batches"]);
  assert.deepEqual([...Deno.readDirSync(`${cluster.store}/jobs/batches`)], []);
}

async function timeLimitIsNamed(cluster: TestCluster) {
  using folder = new Folder();
  const pipeline = definePipeline([waitForFile(folder.path, "long")]);
  const onEvent = async (event: PipelineEvent) => {
    const [job] = jobsIn([event]);
    if (!job) return;
    await until("the step", () => begunOf(folder.path, "long").length > 0);
    // Its limit of a minute is over at once.
    await cluster.command("scontrol", "update", `jobid=${job.split(" ")[0]}`, "EndTime=now+1");
  };
  const { record, events } = await runOn(folder, pipeline, { flags: "time=1", onEvent });
  const { status, error } = stepOf(record, "long");
  assert.equal(status, "failed");
  assert.equal(error!.cause, "late");
  assert.match(
    error!.message,
    /^its job \d+_0 was ended by its time limit of 1:00 .*--slurm time=.*; it was at the file long.go$/,
  );
  // Its node may be the one that another scenario kills; for its limit it is not tried again.
  assert.deepEqual(retriesIn(events).filter((why) => !/lost with its node/.test(why)), []);
}

async function ownTimeLimitIsNamed() {
  using folder = new Folder();
  const step = waitForFile(folder.path, "limited", { timeLimit: () => 4 });
  const { record } = await runOn(folder, definePipeline([step]));
  const { reason, error } = stepOf(record, "limited");
  assert.equal(
    reason,
    "it took longer than its limit of 4 s; it was at the file limited.go",
  );
  assert.equal(error!.cause, "late");
}

async function cancelledByHand(cluster: TestCluster) {
  using folder = new Folder();
  const pipeline = definePipeline([waitForFile(folder.path, "cancelled")]);
  let cancelled = 0;
  const { record, events } = await runOn(folder, pipeline, {
    onEvent: (event) => {
      const [job] = jobsIn([event]);
      if (!job) return;
      if (++cancelled === 1) cluster.command("scancel", job.split(" ")[0]);
      else letGo(folder.path, "cancelled");
    },
  });
  assert.match(retriesIn(events).join(), /^its job \d+_0 was cancelled, by scancel or by Slurm$/);
  assert.deepEqual(statuses(record), { cancelled: "ran" });
}

async function refusedIsNamed() {
  using folder = new Folder();
  const { record } = await runOn(folder, definePipeline([writeText("large")]), {
    flags: "mem=1000G",
  });
  assert.match(
    stepOf(record, "large").reason,
    /^Slurm refused its job: .* \(asked for --mem=1000G --cpus-per-task=1\)$/,
  );
}

/** The nodes say that they have 2,048 MB; where nothing is said, a job gets 256. All is called 0. */
async function memoryIsGiven(cluster: TestCluster) {
  using folder = new Folder();
  const asked: Record<string, number> = { modest: 300, greedy: 4000 };
  const steps = Object.entries(asked).map(([name, memory]) =>
    waitForFile(folder.path, name, { resources: () => ({ memory }) })
  );
  const given: Record<string, string> = {};
  const onEvent = async (event: PipelineEvent) => {
    const [job] = jobsIn([event]);
    if (!job || event.type !== "step_log") return;
    const printed = await cluster.command(
      "squeue",
      "-h",
      "-r",
      "-o",
      "%m",
      "-j",
      job.split(" ")[0],
    );
    given[event.step] = printed.trim();
    letGo(folder.path, event.step);
  };
  const { record } = await runOn(folder, definePipeline(steps), { onEvent });
  assert.deepEqual(statuses(record), { modest: "ran", greedy: "ran" });
  assert.deepEqual(given, { modest: "300M", greedy: "0" });
}

async function twoDrivers() {
  using folder = new Folder();
  const pipeline = definePipeline([
    writeText("one"),
    ...["two", "three", "four"].map((name) => writeText(name, ["one"])),
    writeText("five", ["two", "three", "four"]),
  ]);
  const both = await Promise.all([runOn(folder, pipeline), runOn(folder, pipeline)]);
  for (const { record } of both) assert.equal(record.status, "done");
  const ran = both.flatMap(({ record }) =>
    record.steps.filter(({ status }) => status === "ran").map(({ step }) => step)
  );
  assert.deepEqual(ran.sort(), ["five", "four", "one", "three", "two"]);
  assert.deepEqual(await verify(folder.store), []);
}

async function killedDriverIsFollowed(cluster: TestCluster) {
  using folder = new Folder();
  const driver = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      fileURLToPath(new URL("driver.ts", import.meta.url)),
      folder.store,
      folder.path,
      "orphan",
    ],
  }).spawn();
  await until("the step", () => begunOf(folder.path, "orphan").length > 0);
  driver.kill("SIGKILL");
  await driver.status;
  const pipeline = definePipeline([waitForFile(folder.path, "orphan")]);
  // One that is interrupted and told to leave the job leaves it.
  const interruption = new AbortController();
  const detached = await runOn(folder, pipeline, {
    detach: true,
    signal: interruption.signal,
    onEvent: (event) => event.type === "step_log" && interruption.abort(new Error("Ctrl-C")),
  });
  assert.equal(detached.record.status, "interrupted");
  letGo(folder.path, "orphan");
  const { record } = await runOn(folder, pipeline);
  assert.deepEqual(statuses(record), { orphan: "ran" });
  assert.equal(textOf(record, "orphan"), "orphan went");
  // It began once, whoever watched.
  assert.equal(begunOf(folder.path, "orphan").length, 1);

  const stopped = await cancelsAtCtrlC(folder);
  const format = ["-h", "-r", "--states=all", "-o", "%F_%K %T"];
  const queue = await cluster.command("squeue", "--me", ...format);
  assert.match(queue, new RegExp(`^${stopped} (CANCELLED|COMPLETING)`, "m"));
}

/** @returns Slurm's number for the job */
async function cancelsAtCtrlC(folder: Folder): Promise<string> {
  const interruption = new AbortController();
  let job = "";
  const { record } = await runOn(folder, definePipeline([waitForFile(folder.path, "stopped")]), {
    signal: interruption.signal,
    onEvent: (event) => {
      const [started] = jobsIn([event]);
      if (!started) return;
      job = started.split(" ")[0];
      interruption.abort(new Error("Ctrl-C"));
    },
  });
  assert.equal(record.status, "interrupted");
  return job;
}

async function lostNodeIsReplaced(cluster: TestCluster) {
  using folder = new Folder();
  const step = waitForFile(folder.path, "survivor", { checkpointsAcross: [] });
  const killed: string[] = [];
  const { record, events } = await runOn(folder, definePipeline([step]), {
    onEvent: async (event) => {
      const [job] = jobsIn([event]);
      if (!job) return;
      if (killed.length > 0) return letGo(folder.path, "survivor");
      killed.push(job.split(" ").at(-1)!);
      await until("the step", () => begunOf(folder.path, "survivor").length > 0);
      await cluster.killNode(killed[0]);
    },
  });
  assert.deepEqual(statuses(record), { survivor: "ran" });
  assert.match(retriesIn(events).join(), /^its job \d+_0 was lost with its node on n\d/);
  const begun = begunOf(folder.path, "survivor");
  // The second one went on at what the first one had kept.
  assert.deepEqual(begun.map((line) => line.split(" ")[1]), ["0", "1"]);
  assert.deepEqual(await verify(folder.store), []);
}

/** @param onReturn called once the controller is there again, with room for few jobs */
async function lostControllerIsWaitedFor(cluster: TestCluster, onReturn: () => void) {
  using folder = new Folder();
  const first = waitForFile(folder.path, "first");
  const pipeline = definePipeline([first, writeText("second", ["first"])]);
  const running = runOn(folder, pipeline);
  await until("the step", () => begunOf(folder.path, "first").length > 0);
  cluster.killController();
  // The step's word is a file: no controller is needed to believe it.
  letGo(folder.path, "first");
  const entries = `${folder.store}/entries/first`;
  await until("its result", () => {
    try {
      return [...Deno.readDirSync(entries)].length > 0;
    } catch {
      return false;
    }
  });
  await cluster.start(FEW_JOBS).finally(onReturn);
  const { record } = await cluster.lookAfter(running, FEW_JOBS);
  const reasons = record.steps.map(({ step, reason }) => `${step}: ${reason}`);
  assert.deepEqual(statuses(record), { first: "ran", second: "ran" }, reasons.join());
  assert.equal(begunOf(folder.path, "first").length, 1);
}

/** Which a controller takes only when it is started. */
const FEW_JOBS = { SLURM_TEST_MAX_JOBS: "4", SLURM_TEST_MIN_JOB_AGE: "2" };

async function fullQueueIsWaitedFor() {
  using folder = new Folder();
  const names = ["a", "b", "c", "d", "e"];
  const { record, events } = await runOn(
    folder,
    definePipeline(names.map((name) => writeText(name))),
  );
  assert.equal(record.status, "done");
  assert.ok(record.steps.every(({ status }) => status === "ran"));
  // Slurm itself cancels an array where a node cannot start one of its jobs, as one that comes back may.
  const others = retriesIn(events).filter((reason) => !reason.endsWith("by scancel or by Slurm"));
  assert.deepEqual(others, []);
  assert.ok(
    events.some((event) =>
      event.type === "step_log" && event.text.startsWith("the queue takes no more, it waits: ")
    ),
  );
}

Deno.test("steps run as jobs of Slurm's", {
  ignore: missing !== undefined,
  // Several scenarios at a time share one cluster.
  sanitizeOps: false,
  sanitizeResources: false,
}, async (test) => {
  await using cluster = new TestCluster();
  await cluster.start();
  /** Scenarios that do not disturb each other. */
  const together = async (scenarios: Record<string, () => Promise<void>>) => {
    const running = Object.entries(scenarios).map(([name, scenario]) => {
      const done = scenario();
      done.catch(() => {}); // it is asked for below
      return [name, done] as const;
    });
    for (const [name, done] of running) await test.step(name, () => done);
  };
  const swept = sweepEqualsLocal();
  await together({
    "a sweep of twelve settings on three nodes gives what it gives here": () => swept,
    "a step that is over its own limit fails on its node as it would here": ownTimeLimitIsNamed,
    "a job that is cancelled by hand is told, and submitted anew": () => cancelledByHand(cluster),
    "what Slurm refuses is told with what was asked for": refusedIsNamed,
    "a step gets the memory that it declares, or all that a node has": () => memoryIsGiven(cluster),
    "two orchestrators on one store make each step once": twoDrivers,
    "what a killed orchestrator left running is taken up": () => killedDriverIsFollowed(cluster),
    "a job over its time limit is a failure that names the limit": () => timeLimitIsNamed(cluster),
    "a step that is lost with its node goes on on another": async () => {
      await swept.catch(() => {}); // it needs every node
      await lostNodeIsReplaced(cluster);
    },
  });
  const { promise: isBack, resolve } = Promise.withResolvers<void>();
  await together({
    "without a controller nothing is taken as lost": () =>
      lostControllerIsWaitedFor(cluster, resolve),
    "a full queue is waited for": () => isBack.then(fullQueueIsWaitedFor),
  });
});
