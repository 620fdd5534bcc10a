/** How fast this machine is beside the one whose times forecasts are made of. */
import * as v from "valibot";
import { openStore } from "../pipeline/implementations.ts";
import type { RunRecord } from "../pipeline/run_record.ts";
import { recordsOf } from "../pipeline/upkeep/history.ts";
import { historyFile } from "../tasks/artifacts/history.ts";
import { FINETUNE_PHOTO, LOOP_LAST_LAYER, LOOP_PHOTO } from "./forecast_run.ts";

export interface MachinePace {
  /** What times are multiplied by: 2 for a machine half as fast. */
  factor: number;
  /** Whether earlier runs told, or a short measurement of the processor alone. */
  fromRuns: boolean;
}

/** Runs that are asked, the newest first; older ones may be of another machine. */
const RUNS = 20;

/** By the median of earlier trainings in the store; without any, by measuring. */
export async function machinePace(store: string): Promise<MachinePace> {
  const factors: number[] = [];
  let looked = 0;
  for await (const record of recordsOf(openStore(store).runs)) {
    if (looked++ >= RUNS) break;
    factors.push(...await factorsOf(record));
  }
  if (factors.length === 0) return { factor: measuredFactor(), fromRuns: false };
  factors.sort((a, b) => a - b);
  return { factor: factors[Math.floor(factors.length / 2)], fromRuns: true };
}

const photos = v.object({ train: v.number() });
const trained = v.object({ recipe: v.object({ kind: v.optional(v.literal("finetune")) }) });

/** Of each training that a run did itself: the seconds that its epochs took by those forecast. */
async function factorsOf({ steps, parameters }: RunRecord): Promise<number[]> {
  const built = steps.find(({ step }) => step === "build_datasets")?.result;
  if (!v.is(photos, built)) return [];
  const factors = [];
  for (const { step, status, artifact } of steps) {
    const rate = rateOf(step, parameters[step]);
    if (status !== "ran" || !artifact || rate === undefined) continue;
    // What `gc` removed, or an earlier version wrote otherwise, tells nothing.
    const history = await historyFile.read(artifact).catch(() => undefined);
    const took = history?.epochs.reduce(
      (sum, { train, val }) => sum + train.seconds + val.seconds,
      0,
    );
    if (took) factors.push(took / (history!.epochs.length * built.train * rate));
  }
  return factors;
}

/** Seconds of a photo and epoch, as forecasts have them; undefined for what does not go by epochs. */
function rateOf(step: string, parameters: unknown): number | undefined {
  if (!v.is(trained, parameters)) return undefined;
  const isFinetune = step === "train_finetune";
  if (parameters.recipe.kind === "finetune") return isFinetune ? FINETUNE_PHOTO : undefined;
  if (isFinetune) return LOOP_PHOTO;
  return step === "train_frozen" ? LOOP_LAST_LAYER : undefined;
}

/** A product of matrices of this side took so many milliseconds where the forecast's times were measured. */
const SIDE = 128, REFERENCE_MS = 1.42;
/** The fastest of so many: whatever else the machine does makes it slower, never faster. */
const ROUNDS = 12;
/** Kernels use all cores; of many, each further one brings less. */
const MOST_CORES = 4, REFERENCE_CORES = 2;

/** Takes a tenth of a second or two. */
function measuredFactor(): number {
  const a = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 7);
  const b = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 5);
  let fastest = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    multiply(a, b);
    fastest = Math.min(fastest, performance.now() - started);
  }
  const cores = Math.min(MOST_CORES, navigator.hardwareConcurrency);
  return (fastest / REFERENCE_MS) * (REFERENCE_CORES / cores);
}

function multiply(a: Float32Array, b: Float32Array): Float32Array {
  const product = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    for (let k = 0; k < SIDE; k++) {
      const left = a[i * SIDE + k];
      for (let j = 0; j < SIDE; j++) product[i * SIDE + j] += left * b[k * SIDE + j];
    }
  }
  return product;
}
