/** From what a step needs, and what the user says of the cluster, to what `sbatch` is asked. */
import type { Needs } from "../../executor.ts";
import type { Partition } from "./partition.ts";

/** What is said by `--slurm`: options of `sbatch` by name, "" for one that takes no value. */
export type SlurmFlags = ReadonlyMap<string, string>;

/** Options of `sbatch` that take no value. */
const ALONE = /^(exclusive|contiguous|spread-job|overcommit|oversubscribe|reboot|use-min-nodes)$/;
/** What we say ourselves, by which jobs are found again and do one step each. */
const OURS = [
  "array",
  "job-name",
  "output",
  "error",
  "input",
  "open-mode",
  "chdir",
  "export",
  "export-file",
  "requeue",
  "no-requeue",
  "parsable",
  "wrap",
  "wait",
  "test-only",
  "dependency",
  "nodes",
  "ntasks",
  "ntasks-per-node",
  "hold",
];
/** Of GPUs: for the steps that use one. */
const GPU = ["gres", "gpus", "gpus-per-node", "gpus-per-task", "cpus-per-gpu", "mem-per-gpu"];
const CPU = "cpus-per-task";
const MEMORY = /^mem(-per-(cpu|gpu))?$/;

/** A step asks for no more cores of a large node unless it is told to. */
const MOST_CORES = 16;
/** Seconds for a job to end by itself before Slurm ends it. */
const GRACE_S = 60;

/**
 * Reads `partition=gpu,time=2:00:00`; a value may have commas itself (`exclude=n1,n2`).
 *
 * @throws {Error} in words that go on after the text itself
 */
export function parseSlurmFlags(text: string): SlurmFlags {
  const flags = new Map<string, string>();
  let last: string | undefined;
  for (const piece of text.split(",").map((piece) => piece.trim())) {
    const [, name, value] = /^(?:--)?([a-z][a-z-]*)(?:=(.*))?$/s.exec(piece) ?? [];
    if (name && (value || ALONE.test(name))) {
      if (OURS.includes(name)) throw new Error(`${name} is said by graft itself: leave it out`);
      flags.set(last = name, value ?? "");
    } else if (last && flags.get(last) && piece && !piece.includes("=")) {
      flags.set(last, `${flags.get(last)},${piece}`);
    } else {
      throw new Error(
        `${piece || "nothing"} is no option of sbatch with its value: partition=gpu,time=2:00:00`,
      );
    }
  }
  const time = flags.get("time");
  if (time !== undefined && secondsOf(time) === undefined) {
    throw new Error(`time=${time} is no time of Slurm's: 30 (minutes), 2:00:00 or 1-12:00:00`);
  }
  return flags;
}

/** Options of `sbatch` for a step. */
export function requestsFor(
  { resources: { cpu = 1, gpu = 0, memory }, timeLimit }: Needs,
  flags: SlurmFlags,
  partition: Partition,
): string[] {
  const isPassedOn = (name: string) =>
    name !== CPU && name !== "time" && (gpu > 0 || !GPU.includes(name));
  const passedOn = [...flags].filter(([name]) => isPassedOn(name));
  const asks = (names: string[]) => passedOn.some(([name]) => names.includes(name));
  const time = timeOf(timeLimit, flags.get("time"));
  return [
    ...passedOn.map(([name, value]) => value ? `--${name}=${value}` : `--${name}`),
    ...asks(["cpus-per-gpu"]) ? [] : [`--${CPU}=${coresOf(cpu, gpu, flags, partition)}`],
    ...gpu > 0 && !asks(GPU.slice(0, 4)) ? [`--gres=gpu:${gpu}`] : [],
    ...memory !== undefined && ![...flags.keys()].some((name) => MEMORY.test(name))
      ? memoryOf(memory, gpu, partition)
      : [],
    ...time ? [`--time=${time}`] : [],
  ];
}

function coresOf(cpu: number, gpu: number, flags: SlurmFlags, partition: Partition): number {
  if (cpu !== Infinity) return Math.ceil(cpu);
  const asked = Number(flags.get(CPU));
  if (asked > 0) return asked;
  // The smallest node's, and of one with several GPUs a fair part.
  const cores = nodesWith(gpu, partition).map(({ cores, gpus }) =>
    gpu > 0 ? cores * gpu / gpus : cores
  );
  return Math.max(1, Math.floor(Math.min(MOST_CORES, ...cores)));
}

/** Nothing where Slurm was not told what nodes have: it would refuse any. */
function memoryOf(memory: number, gpu: number, partition: Partition): string[] {
  const most = Math.max(...nodesWith(gpu, partition).map(({ memory }) => memory));
  // 0 is all that a node has, where no node has as much.
  return most > 1 ? [`--mem=${memory <= most ? `${memory}M` : "0"}`] : [];
}

const nodesWith = (gpu: number, { nodes }: Partition) => nodes.filter(({ gpus }) => gpus >= gpu);

/** What is shorter: what the step may take, or what the user gives to each. */
function timeOf(timeLimit: number | undefined, given: string | undefined): string | undefined {
  if (timeLimit === undefined) return given;
  const minutes = Math.ceil((timeLimit + GRACE_S) / 60);
  if (given !== undefined && secondsOf(given)! <= 60 * minutes) return given;
  return `${minutes}`;
}

/** Of a time in one of Slurm's spellings; undefined for none. */
function secondsOf(text: string): number | undefined {
  const spelled = /^(?:(\d+)-(\d+)(?::(\d+))?(?::(\d+))?|(\d+)(?::(\d+))?(?::(\d+))?)$/.exec(text);
  if (!spelled) return undefined;
  const [days, hours, minutes, seconds, a, b, c] = spelled.slice(1).map((part) =>
    Number(part ?? 0)
  );
  if (spelled[1]) return 86400 * days + 3600 * hours + 60 * minutes + seconds;
  return spelled[7] ? 3600 * a + 60 * b + c : 60 * a + b;
}
