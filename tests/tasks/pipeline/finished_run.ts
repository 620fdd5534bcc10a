/** One run of the whole pipeline, on photos that the test makes, that all tests of a file share. */
import assert from "node:assert/strict";
import { writePhoto, writePhotoFolder } from "../generated_photos.ts";
import { graft, type Outcome, type Where } from "../graft.ts";
import { writeRandomWeights } from "../random_weights.ts";

export const STEPS = [
  "download_data",
  "convert_weights",
  "build_datasets",
  "train_finetune",
  "train_frozen",
  "evaluate",
  "predict",
];

/** What it ran with, in `folder`; the store is `store` there. */
export const FLAGS = [
  "--recipe=quick",
  "--data=photos",
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--store=store",
  "--epochs=1",
  "--json",
];

export interface FinishedRun {
  /** With `photos/`, one of which is none, `mine.png`, which is not among them, and `store/`. */
  folder: string;
  /** For `graft`: where the user stands. */
  at: Where;
  outcome: Outcome;
}

let run: Promise<FinishedRun> | undefined;

/** The run, which whoever asks first waits for. Tests may run it again, and leave all that is there. */
export function finishedRun(): Promise<FinishedRun> {
  return run ??= runAll();
}

async function runAll(): Promise<FinishedRun> {
  const folder = await Deno.makeTempDir();
  await writePhotoFolder(`${folder}/photos`, { train: 6, val: 3 });
  await Deno.writeTextFile(`${folder}/photos/train/red/broken.png`, "not a photo");
  await writePhoto(`${folder}/mine.png`, 99, 0);
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const at = { cwd: folder };
  const outcome = await graft(["run", ...FLAGS], at);
  assert.equal(outcome.code, 0, outcome.stderr);
  return { folder, at, outcome };
}

export async function removeFinishedRun(): Promise<void> {
  if (run) await Deno.remove((await run).folder, { recursive: true });
}

const finished = ({ json }: Outcome) => json.filter(({ type }) => type === "step_finished");

export const statusesOf = (outcome: Outcome) =>
  Object.fromEntries(finished(outcome).map(({ step, status }) => [step, status]));

export const artifactOf = (outcome: Outcome, step: string): string =>
  finished(outcome).find((event) => event.step === step).artifact;

export const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));
