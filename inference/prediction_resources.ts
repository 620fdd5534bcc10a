/** What cuts photos and what answers the crops: as much of the machine as there are photos for. */
import type { Precision } from "../backend/precision.ts";
import type { CropRequest } from "../data/crop_photo.ts";
import { CropProcesses } from "../data/crop_processes.ts";
import type { Croppers } from "../data/croppers.ts";
import { CAN_CHAIN } from "../data/process_chain.ts";
import { PhotoChains } from "./photo_chains.ts";
import type { ModelSource } from "./open_model.ts";
import type { AnswerPhotos, CutAndPredict, Pace } from "./predict_photos.ts";
import type { Predictor } from "./predictor.ts";
import { PredictorPool } from "./predictor_pool.ts";

export interface PredictionResources extends Disposable, Pace {
  /** @param requestOf what of a path's photo is wanted */
  answering: (requestOf: (path: string) => CropRequest) => CutAndPredict | AnswerPhotos;
}

export interface PredictionResourcesOptions {
  backend: "webgpu" | "wasm";
  /** Cores to use, all by default. */
  threads?: number;
  /** Of products on wasm, float32 by default. */
  precision?: Precision;
  /** How many photos there are, at most. */
  photos: number;
  /** Of processes that compute on wasm. */
  v8Flags: readonly string[];
  /** Whether crops and pictures are wanted too. */
  showsCrops?: boolean;
}

/** For as few photos, starting workers and processes takes longer than they save. */
const FEW = 24;
/** Photos answered together; more are not faster, and come later. */
const BATCH = 8;
/**
 * By small networks: what so few photos are between two layers stays in the caches, too. Of large ones
 * weights had better be read for many.
 */
const SMALL_BATCH = 2, SMALL_BYTES = 16 * 2 ** 20;
/** Each process holds the model, and tfjs. */
const MOST_PROCESSES = 8;
/** Photos under way for each core: while one takes long, those behind it go on. */
const MOST_BEGUN = 32;

/** @param croppers processes that were started for it */
export async function resourcesFor(
  source: ModelSource,
  croppers: Croppers,
  options: PredictionResourcesOptions,
): Promise<PredictionResources> {
  const { threads, photos } = options;
  const cores = threads ?? navigator.hardwareConcurrency;
  const few = photos <= FEW;
  const { backend, precision, v8Flags, showsCrops = false } = options;
  if (backend === "wasm" && !few && !showsCrops && CAN_CHAIN) {
    const batch = await batchFor(source);
    const pairs = Math.min(cores, MOST_PROCESSES);
    const chains = new PhotoChains({ source, precision }, pairs, croppers, v8Flags);
    return {
      batch,
      predicting: Math.ceil(MOST_BEGUN * cores / batch),
      answering: (requestOf) => ({ answer: (paths) => chains.answer(paths.map(requestOf)) }),
      [Symbol.dispose]: () => chains[Symbol.dispose](),
    };
  }
  const crops = new CropProcesses(few ? 1 : cores, () => croppers.take());
  const { predict, ...predicting } = await predictorFor(source, options);
  return {
    ...predicting,
    answering: (requestOf) => ({
      crop: (path) => crops.cut(requestOf(path)),
      // Enough cut photos for every process to have its next batch.
      cutting: few ? 2 : 16 * cores,
      predict,
    }),
    [Symbol.dispose]: () => {
      crops[Symbol.dispose]();
      predicting[Symbol.dispose]();
    },
  };
}

/** What answers crops alone. */
export async function predictorFor(
  source: ModelSource,
  options: PredictionResourcesOptions,
): Promise<Disposable & Pace & { predict: Predictor }> {
  const { backend, threads, precision, photos, v8Flags } = options;
  if (backend !== "wasm" || photos <= FEW) return await predictAlone(source, options);
  const cores = threads ?? navigator.hardwareConcurrency;
  const pool = new PredictorPool({ source, precision }, Math.min(cores, MOST_PROCESSES), v8Flags);
  return {
    batch: await batchFor(source),
    predict: (crops: readonly Uint8Array[]) => pool.predict(crops),
    predicting: 2 * cores,
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}

async function batchFor({ file }: ModelSource): Promise<number> {
  // A file that is not there is what the processes complain of.
  const bytes = await Deno.stat(file).then(({ size }) => size, () => 0);
  return bytes <= SMALL_BYTES ? SMALL_BATCH : BATCH;
}

async function predictAlone(
  source: ModelSource,
  { backend, threads, precision }: PredictionResourcesOptions,
) {
  // Where processes compute, this one is there sooner without tfjs.
  const [{ activateBackend }, { openModel }, { predictorOf }] = await Promise.all([
    import("../backend/activate.ts"),
    import("./open_model.ts"),
    import("./predictor.ts"),
  ]);
  await activateBackend(backend, { threads, precision });
  const model = await openModel(source);
  return {
    batch: BATCH,
    predict: predictorOf(model, source.manifest.preprocessing),
    predicting: 1,
    [Symbol.dispose]: () => model.dispose(),
  };
}
