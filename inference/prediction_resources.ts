/** What cuts photos and what answers the crops: as much of the machine as there are photos for. */
import type { CropRequest, CropResponse } from "../data/crop_photo.ts";
import type { CropProcesses } from "../data/crop_processes.ts";
import type { Precision } from "../backend/precision.ts";
import { PredictorPool } from "./predictor_pool.ts";
import type { ModelSource } from "./open_model.ts";
import type { PredictOptions } from "./predict_photos.ts";

export interface PredictionResources
  extends Disposable, Pick<PredictOptions, "cutting" | "batch" | "predict" | "predicting"> {
  crop: (request: CropRequest) => Promise<CropResponse>;
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

/** @param crops cuts photos; it is grown to what they need, and left to whoever made it */
export async function resourcesFor(
  source: ModelSource,
  crops: CropProcesses,
  options: PredictionResourcesOptions,
): Promise<PredictionResources> {
  const { threads, photos } = options;
  const cores = threads ?? navigator.hardwareConcurrency;
  const few = photos <= FEW;
  if (!few) crops.grow(cores);
  const predicting = await predictorFor(source, options);
  return {
    crop: (request) => crops.cut(request),
    // Enough cut photos for every process to have its next batch.
    cutting: few ? 2 : 16 * cores,
    ...predicting,
  };
}

/** What answers crops alone. */
export async function predictorFor(
  source: ModelSource,
  options: PredictionResourcesOptions,
): Promise<Omit<PredictionResources, "crop" | "cutting">> {
  const { backend, threads, precision, photos, v8Flags } = options;
  if (backend !== "wasm" || photos <= FEW) return await predictAlone(source, options);
  const cores = threads ?? navigator.hardwareConcurrency;
  const pool = new PredictorPool({ source, precision }, Math.min(cores, MOST_PROCESSES), v8Flags);
  // A file that is not there is what the processes complain of.
  const bytes = await Deno.stat(source.file).then(({ size }) => size, () => 0);
  return {
    batch: bytes <= SMALL_BYTES ? SMALL_BATCH : BATCH,
    predict: (crops: readonly Uint8Array[]) => pool.predict(crops),
    predicting: 2 * cores,
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
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
