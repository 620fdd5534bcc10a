/** What cuts photos and what judges the crops: as much of the machine as there are photos for. */
import { activateBackend } from "../backend/activate.ts";
import { cropPhoto, type CropRequest, type CropResponse } from "../data/crop_photo.ts";
import { CropPool } from "../data/crop_pool.ts";
import type { ChosenModel } from "../app/choose_model.ts";
import { judgeHere } from "./predictor.ts";
import { JudgePool } from "./predictor_pool.ts";
import { openModel } from "./open_model.ts";
import type { PredictOptions } from "./predict_photos.ts";

export interface Means extends Disposable, Pick<PredictOptions, "cutting" | "judge" | "judging"> {
  crop: (request: CropRequest) => Promise<CropResponse>;
}

export interface MeansOptions {
  backend: "webgpu" | "wasm";
  /** Cores to use, all by default. */
  threads?: number;
  /** How many photos there are, at most. */
  photos: number;
  /** Of processes that compute on wasm. */
  v8Flags: readonly string[];
}

/** For as few photos, starting workers and processes takes longer than they save. */
const FEW = 24;
/** Each process holds the model, and tfjs. */
const MOST_PROCESSES = 8;

export async function meansFor(
  { origin }: ChosenModel,
  { backend, threads, photos, v8Flags }: MeansOptions,
): Promise<Means> {
  const cores = threads ?? navigator.hardwareConcurrency;
  const few = photos <= FEW;
  const judging = backend === "wasm" && !few
    ? judgeBeside(new JudgePool(origin, Math.min(cores, MOST_PROCESSES), v8Flags), cores)
    : await judgeAlone(origin, backend, threads);
  if (few) return { crop: cropPhoto, cutting: 1, ...judging };
  const pool = new CropPool(cores);
  return {
    crop: (request) => pool.run(request),
    // Enough cut photos for every process to have its next batch.
    cutting: 16 * cores,
    ...judging,
    [Symbol.dispose]() {
      pool.close();
      judging[Symbol.dispose]();
    },
  };
}

function judgeBeside(pool: JudgePool, cores: number) {
  return {
    judge: (crops: Uint8Array[]) => pool.judge(crops),
    judging: 2 * cores,
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}

async function judgeAlone(
  origin: ChosenModel["origin"],
  backend: "webgpu" | "wasm",
  threads: number | undefined,
) {
  await activateBackend(backend, { threads });
  const { model, manifest } = await openModel(origin);
  return {
    judge: judgeHere(model, manifest.preprocessing),
    judging: 1,
    [Symbol.dispose]: () => model.dispose(),
  };
}
