/**
 * Many sweeps on a simulated cluster, with drivers that are killed: what `deno task bench slurm` counts.
 * Arguments: `--seeds N --nodes N --settings N --kills N`.
 */
import { parseArgs } from "node:util";
import { PACE } from "../../pipeline/executors/slurm/job_watch.ts";
import { SlurmExecutor } from "../../pipeline/executors/slurm/slurm_executor.ts";
import type { Work } from "../../pipeline/executor.ts";
import { seededRandom } from "../pipeline/rig.ts";
import { SimulatedSlurm } from "./simulated_slurm.ts";
import { VirtualClock } from "./virtual_clock.ts";

export interface Scenario {
  seed: number;
  nodes: number;
  settings: number;
  /** How often the driver is killed. */
  kills: number;
  /** Jobs that may wait. */
  queue: number;
}

export interface Count {
  steps: number;
  done: number;
  /** By their time limit, and what needs them. */
  failed: number;
  skipped: number;
  jobs: SimulatedSlurm["jobs"];
  /** Virtual time from the first submission to the last result. */
  hours: number;
  calls: Record<"submit" | "queue" | "cancel", number>;
  /** In the minute in which there were most, a second. */
  mostCalls: number;
  wrongs: string[];
}

/** Attempts after the first that a step has when it is lost, as the orchestrator gives it. */
const RETRIES = 2;
/** So that steps that are lost three times over do not hide others. */
const MOST_LOST = 8;

/** A sweep: a step that all settings share, two for each setting, and a table. */
export async function simulate(scenario: Scenario, folder: string): Promise<Count> {
  const { seed, nodes, settings, kills, queue } = scenario;
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const slurm = new SimulatedSlurm(clock, random, nodes, queue);
  const inputs = new Map<string, string[]>([["shared", []]]);
  for (let i = 0; i < settings; i++) {
    inputs.set(`train-${i}`, ["shared"]);
    inputs.set(`evaluate-${i}`, [`train-${i}`]);
  }
  inputs.set("table", Array.from({ length: settings }, (_, i) => `evaluate-${i}`));
  Deno.mkdirSync(`${folder}/results`, { recursive: true });

  const done = new Set<string>(), failed = new Set<string>(), skipped = new Set<string>();
  const wrongs = slurm.wrongs;
  for (let life = 0; life <= kills; life++) {
    const isLast = life === kills;
    const driver = new Driver(clock, slurm, folder);
    const runs = new Map<string, Promise<void>>();
    const runStep = async (name: string, needs: string[]): Promise<void> => {
      await Promise.all(needs.map((input) => runs.get(input)));
      if (done.has(name) || failed.has(name)) return;
      if (needs.some((input) => !done.has(input))) return void skipped.add(name);
      const status = await driver.run(name);
      if (done.has(name)) wrongs.push(`${name} was made twice`);
      (status === "done" ? done : failed).add(name);
    };
    for (const [name, needs] of inputs) runs.set(name, runStep(name, needs));
    const all = Promise.all(runs.values());
    const death = isLast ? undefined : clock.sleep(1000 * 3600 * random()).then(() => driver.die());
    await clock.runUntil(death ? Promise.race([death, all]) : all);
    if (!isLast) skipped.clear();
    else await clock.runUntil(driver.end());
  }
  const hours = clock.now() / 3_600_000;
  // What was submitted and is not needed is ended, or ends.
  await clock.runUntil(clock.sleep(3_600_000));
  if (slurm.alive > 0) wrongs.push(`${slurm.alive} jobs are left`);
  const counted = done.size + failed.size + skipped.size;
  if (counted !== inputs.size) wrongs.push(`${inputs.size - counted} steps are lost`);
  const results = [...Deno.readDirSync(`${folder}/results`)].map(({ name }) => name);
  for (const name of done) if (!results.includes(name)) wrongs.push(`${name} left no result`);
  const calls = Object.fromEntries(
    (["submit", "queue", "cancel"] as const).map((kind) => [
      kind,
      slurm.calls.filter(({ what }) => what === kind).length,
    ]),
  ) as Count["calls"];
  return {
    steps: inputs.size,
    done: done.size,
    failed: failed.size,
    skipped: skipped.size,
    jobs: slurm.jobs,
    hours,
    calls,
    mostCalls: mostInAMinute(slurm.calls.map(({ at }) => at)) / 60,
    wrongs,
  };
}

/** One life of the process that owns the graph. */
class Driver {
  #isDead = false;
  readonly #executor: SlurmExecutor;

  constructor(clock: VirtualClock, slurm: SimulatedSlurm, private readonly folder: string) {
    // What is asked is done even if who asked is gone; he only does not hear of it.
    const heard = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } finally {
        if (this.#isDead) await new Promise(() => {});
      }
    };
    this.#executor = new SlurmExecutor({
      submit: (submission) => heard(slurm.submit(submission)),
      queue: () => heard(slurm.queue()),
      cancel: (ids, names) => heard(slurm.cancel(ids, names)),
    }, {
      folder: `${folder}/jobs`,
      flags: new Map(),
      partition: { name: "simulated", nodes: [{ cores: 1, gpus: 0, memory: 2048 }], gpuKinds: [] },
      // Looks cost the most here, and Slurm nothing.
      pace: { ...PACE, look: 5000 },
      clock: { now: () => clock.now(), sleep: (time) => heard(clock.sleep(time)) },
    });
  }

  async run(name: string): Promise<"done" | "failed"> {
    for (let attempt = 1;; attempt++) {
      const output = `${this.folder}/drafts-${name}`;
      Deno.mkdirSync(output, { recursive: true });
      const outcome = await this.#executor.execute(workOf(name, output), {
        onReady: () => Promise.resolve(),
        onMessage: () => {},
      });
      if (outcome.status === "done") {
        if (Deno.readTextFileSync(`${output}/text.txt`) !== name) throw new Error("other content");
        Deno.renameSync(output, `${this.folder}/results/${name}`);
        return "done";
      }
      const { cause, message } = outcome.error;
      if (!cause) throw new Error(`${name} failed: ${message}`);
      const isLost = cause === "lost";
      if (!isLost || attempt > Math.max(RETRIES, MOST_LOST)) return "failed";
    }
  }

  die(): void {
    this.#isDead = true;
  }

  async end(): Promise<void> {
    await this.#executor[Symbol.asyncDispose]();
  }
}

const workOf = (name: string, output: string): Work => ({
  key: name,
  afresh: false,
  here: false,
  resources: {},
  code: {},
  environment: [],
  module: new URL("file:///step.ts"),
  argumentsFor: () => [],
  request: { step: name, parameters: {}, inputs: {}, output },
  logFile: "/dev/null",
  conceal: (line) => line,
});

function mostInAMinute(times: readonly number[]): number {
  let most = 0, first = 0;
  for (const [last, time] of times.entries()) {
    while (time - times[first] >= 60_000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "10" },
      nodes: { type: "string", default: "1000" },
      settings: { type: "string", default: "1000" },
      kills: { type: "string", default: "3" },
    },
  });
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const folder = Deno.makeTempDirSync({ prefix: "simulated_slurm_" });
    const scenario = {
      seed,
      nodes: Number(values.nodes),
      settings: Number(values.settings),
      kills: Number(values.kills),
      queue: 5000,
    };
    console.log(JSON.stringify({ ...scenario, ...await simulate(scenario, folder) }));
    Deno.removeSync(folder, { recursive: true });
  }
}
