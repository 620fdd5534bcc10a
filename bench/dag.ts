/**
 * `deno task bench dag`: how long a chain of trivial steps takes us and others, from nothing and
 * with nothing to do, in turn, so that all meet the same minutes of a noisy machine.
 */
import { parseArgs } from "node:util";
import { call, type Chain, file } from "./dag/chain.ts";
import { dvc } from "./dag/dvc.ts";
import { graft } from "./dag/graft.ts";
import { snakemake } from "./dag/snakemake.ts";
import { wireit } from "./dag/wireit.ts";
import { median } from "./figure.ts";

/** One tool's figure; times in seconds. */
interface DagFigure {
  /** "first_run": nothing made yet; "null_run": nothing to do. */
  bench: "first_run" | "null_run";
  steps: number;
  unit: "s";
  tool: string;
  median: number;
  min: number;
}

/** First runs of longer chains take minutes: one is enough to have something up to date. */
const FIRST_RUN_STEPS = 7;

export async function benchDag(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: "string", default: "python3" },
      peers: { type: "string", default: "snakemake,dvc,wireit" },
      steps: { type: "string", default: "7,300,1000" },
      rounds: { type: "string", default: "5" },
      folder: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const chains = [graft, ...await findPeers(values.peers.split(","), values.python)];
  const rounds = Number(values.rounds);
  const folder = values.folder ?? Deno.makeTempDirSync({ prefix: "bench_dag_" });
  const show = (figure: DagFigure) =>
    console.log(values.json ? JSON.stringify(figure) : describe(figure));
  try {
    for (const steps of values.steps.split(",").map(Number)) {
      const projects = new Map<Chain, string>();
      const first = new Map<Chain, number[]>();
      for (let round = 0; round < (steps === FIRST_RUN_STEPS ? rounds : 1); round++) {
        for (const chain of chains) {
          const project = `${folder}/${chain.name.split(" ")[0]}-${steps}-${round}`;
          const times = first.get(chain) ?? [];
          // A project that is there already was brought up to date by an earlier bench.
          if (await write(chain, project, steps)) {
            if (steps > FIRST_RUN_STEPS && chain.hasten) await chain.hasten(project, steps);
            else times.push(await time(chain, project));
          }
          first.set(chain, times);
          projects.set(chain, project);
        }
      }
      for (const [{ name }, times] of first) {
        if (times.length > 0) show(figureOf("first_run", steps, name, times));
      }
      const idle = new Map<Chain, number[]>(chains.map((chain) => [chain, []]));
      for (let round = 0; round < rounds; round++) {
        for (const chain of chains) idle.get(chain)!.push(await time(chain, projects.get(chain)!));
      }
      for (const [{ name }, times] of idle) show(figureOf("null_run", steps, name, times));
    }
  } finally {
    if (!values.folder) Deno.removeSync(folder, { recursive: true });
  }
}

async function findPeers(names: string[], python: string): Promise<Chain[]> {
  const known: Record<string, { find: () => Promise<Chain | undefined>; remedy: string }> = {
    snakemake: { find: () => snakemake(python), remedy: inPython("snakemake", python) },
    dvc: { find: () => dvc(python), remedy: inPython("dvc", python) },
    wireit: { find: wireit, remedy: "install npm, which installs and runs it" },
  };
  const found = await Promise.all(
    names.filter((name) => name in known).map(async (name) => {
      const chain = await known[name].find();
      if (!chain) console.error(`without ${name}: ${known[name].remedy}`);
      return chain;
    }),
  );
  return found.filter((chain) => chain !== undefined);
}

const inPython = (name: string, python: string) =>
  `${python} has no ${name}; make a venv with it (python3 -m venv peers && ` +
  `peers/bin/pip install snakemake dvc) and pass --python peers/bin/python`;

/** Whether there was none yet. */
async function write(chain: Chain, project: string, steps: number): Promise<boolean> {
  try {
    Deno.mkdirSync(project, { recursive: false });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  Deno.writeTextFileSync(`${project}/${file(0)}`, "begin");
  await chain.write(project, steps);
  return true;
}

/** Seconds from start to end, the tool's own start included. */
async function time(chain: Chain, project: string): Promise<number> {
  const started = performance.now();
  await call(chain.command(project), project);
  return (performance.now() - started) / 1000;
}

function figureOf(
  bench: DagFigure["bench"],
  steps: number,
  tool: string,
  times: number[],
): DagFigure {
  return { bench, steps, unit: "s", tool, median: median(times), min: Math.min(...times) };
}

function describe({ bench, steps, tool, median, min }: DagFigure): string {
  const seconds = (value: number) => `${value.toFixed(2).padStart(7)} s`;
  return `${bench.replace("_", " ").padEnd(9)} ${`${steps}`.padStart(5)} steps  ` +
    `${tool.padEnd(18)} median ${seconds(median)}, min ${seconds(min)}`;
}
