import type { Augmentation } from "./augmentation/augmentation.ts";
import { BatchReader } from "./batch_reader.ts";
import { CropCache } from "./crop_cache.ts";
import type { Dataset } from "./dataset.ts";
import type { Part, Photo } from "./dataset_index.ts";
import type { Batch, Loader } from "./batch.ts";
import { planEpoch, type PlannedBatch } from "./epoch_plan.ts";
import type { Fit } from "./fit.ts";
// From the worker, so that it counts among the modules that this one is made of.
import type { BatchRequest, ReadBatch } from "./loader_worker.ts";
import type { Interpolation } from "./resize.ts";
import type { Generator } from "./torch_random.ts";
import { type Normalization, normalizationTable, normalizer } from "./transforms.ts";
import { WorkerPool } from "./worker_pool.ts";

/** How to load a split. */
export interface LoaderOptions {
  split: Part;
  batchSize: number;
  /** A new order each epoch. */
  shuffle: boolean;
  /** Of each photo, which comes as often as it weighs when shuffling: `WeightedRandomSampler`. */
  weights?: ArrayLike<number>;
  /** `train`: RandomResizedCrop and RandomHorizontalFlip. `eval`: Resize and CenterCrop. */
  transform: "train" | "eval";
  /** Decides order, crops and flips; torch's, so that a seed gives PyTorch's batches. */
  generator: Generator;
  /** Numbers a photo that the model's dropout takes while training; 0 when left out. */
  noisePerPhoto?: number;
  normalization: Normalization;
  /** What else chance does to photos of `train`. */
  augmentation?: Augmentation;
  /** Side of the crops. */
  size?: number;
  /** The shorter side before `eval`'s crop. */
  resize?: number;
  /** How photos become squares; crop where it is left out. `pad` fills up with the mean. */
  fit?: Fit;
  /** Of all crops; bilinear where it is left out. */
  interpolation?: Interpolation;
  /** Threads that prepare batches ahead; 0 prepares them on this one. Batches are the same. */
  workers?: number;
  /**
   * Whether photos are left as bytes for whoever normalises them (`Batch.raw`); where some of a photo is
   * erased they are not.
   */
  raw?: boolean;
  /** Most memory for crops of `eval`, which are the same each epoch. */
  cacheBytes?: number;
}

/** More have been of no use: four cut photos faster than a network learns from them on a large GPU. */
const MOST_WORKERS = 4;

/**
 * How many workers keep a backend fed. Where the CPU computes, they take its time, and one is enough;
 * beside a GPU its cores are idle.
 */
export function workersBeside(
  backend: "wasm" | "webgpu",
  cores: number = navigator.hardwareConcurrency,
): number {
  return backend === "webgpu" ? Math.max(1, Math.min(MOST_WORKERS, cores - 1)) : 1;
}

const DEFAULTS = {
  size: 224,
  resize: 256,
  fit: "crop",
  interpolation: "bilinear",
  cacheBytes: 256 * 2 ** 20,
  noisePerPhoto: 0,
  raw: false,
} as const;

/** A batch with where its photos were cut, and the noise for its dropouts. */
export type LoadedBatch = Batch & Required<Pick<Batch, "crops" | "noise">>;

/**
 * Loads a split in batches, as PyTorch's DataLoader with num_workers=0. Each iteration is an epoch;
 * its random numbers are drawn in PyTorch's order, and workers prepare its batches ahead.
 *
 * With workers, the process needs to read the dataset's folder and this folder of source files.
 *
 * @example
 * ```ts
 * for await (const { images, labels } of loader) train(images, labels);
 * loader.close();
 * ```
 */
export class DataLoader implements Loader, AsyncIterable<LoadedBatch> {
  readonly #options:
    & Required<Omit<LoaderOptions, "augmentation" | "weights">>
    & Pick<LoaderOptions, "augmentation" | "weights">;
  readonly #photos: readonly Photo[];
  readonly #pack: string;
  readonly #cache: CropCache;
  readonly #pool: WorkerPool<BatchRequest, ReadBatch> | undefined;
  readonly #reader = new BatchReader();
  /** Of photos that are left as bytes. */
  readonly #table: Float32Array<ArrayBuffer> | undefined;

  /** @throws {RangeError} when the batch size or the number of workers is no count. */
  constructor(dataset: Dataset, options: LoaderOptions) {
    const { batchSize, split, workers = 1 } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`the batch size is at least 1, got ${batchSize}`);
    }
    if (!Number.isInteger(workers) || workers < 0) {
      throw new RangeError(`the number of workers is at least 0, got ${workers}`);
    }
    this.#options = { ...DEFAULTS, ...options, workers };
    const { raw, augmentation, normalization } = this.#options;
    if (raw && !augmentation?.erasing) this.#table = normalizationTable(normalization);
    this.#photos = dataset.photos(split);
    this.#pack = dataset.packPath(split);
    const { transform, cacheBytes, size } = this.#options;
    this.#cache = new CropCache(transform === "eval" ? cacheBytes : 0, size * size * 3);
    if (workers > 0) {
      this.#pool = new WorkerPool(new URL("./loader_worker.ts", import.meta.url), workers);
    }
  }

  /** How many batches an epoch has; the last may be smaller. */
  get length(): number {
    return Math.ceil(this.#photos.length / this.#options.batchSize);
  }

  /**
   * One epoch.
   * @throws {Error} when the dataset cannot be read, or the loader is closed.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<LoadedBatch> {
    const { transform, workers, normalization } = this.#options;
    const options = { ...this.#options, crop: transform === "train" };
    const plan = planEpoch(this.#options.generator, this.#photos, options);
    const begun: { planned: PlannedBatch; images: Promise<ReadBatch["images"]> }[] = [];
    for (let next = plan.next();;) {
      // One for each worker, and one that waits to be taken.
      while (!next.done && begun.length < 1 + workers) {
        const planned = next.value, images = this.#images(planned);
        images.catch(() => {}); // thrown where it is awaited; whoever leaves before does not care
        begun.push({ planned, images });
        next = plan.next();
      }
      const first = begun.shift();
      if (!first) return;
      const { planned } = first, images = await first.images;
      const labels = Int32Array.from(planned.indices, (index) => this.#photos[index].label);
      yield images instanceof Uint8Array
        ? {
          ...planned,
          labels,
          raw: { bytes: images, table: this.#table! },
          get images() {
            return normalized(images, normalization);
          },
        }
        : { ...planned, labels, images };
    }
  }

  /** Ends the workers and closes the files. */
  close(): void {
    this.#pool?.close();
    this.#reader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** [photos, size, size, 3], normalised or to be normalised. */
  async #images({ indices, crops }: PlannedBatch): Promise<ReadBatch["images"]> {
    const { fit, resize, size, interpolation, normalization } = this.#options;
    const photos = indices.map((index, at) => {
      const { width, height, offset } = this.#photos[index];
      return this.#cache.get(index) ?? { width, height, offset, crop: crops.at(at) };
    });
    const request = {
      pack: this.#pack,
      photos,
      view: { fit, resize, size, interpolation, mean: normalization.mean },
      ...(!this.#table && { normalization }),
      keeps: this.#cache.hasRoom,
    };
    const { images, kept } = await (this.#pool?.run(request) ?? this.#reader.read(request));
    for (const [at, crop] of kept.entries()) this.#cache.add(indices[at], crop);
    return images;
  }
}

function normalized(bytes: Uint8Array, normalization: Normalization): Float32Array {
  const images = new Float32Array(bytes.length);
  normalizer(normalization)(bytes, images);
  return images;
}
