/** Batches of a pack of photos, as the pipeline's `DataLoader` draws and cuts them. */
import type { Augmentation } from "../../data/augmentation/augmentation.ts";
import type { Batch, Loader } from "../../data/batch.ts";
import { CropCache } from "../../data/crop_cache.ts";
import type { Crop } from "../../data/crop.ts";
import { planEpoch } from "../../data/epoch_plan.ts";
import type { Generator } from "../../data/torch_random.ts";
import { erase, trainingCrop } from "../../data/training_crop.ts";
import { normalizer, viewPhoto } from "../../data/transforms.ts";
import type { Preprocessing } from "../../models/architecture.ts";
import { type PackedPhoto, readRows } from "./photo_pack.ts";

export interface PackLoaderOptions {
  pixels: Blob;
  photos: readonly (PackedPhoto & { label: number })[];
  preprocessing: Preprocessing;
  batchSize: number;
  shuffle: boolean;
  /** Draws the order, and with `crop` the crops, as torch does. */
  generator: Generator;
  /** Whether photos are cut by chance, to be learnt from; else as `predict` cuts them. */
  crop: boolean;
  augmentation?: Augmentation;
  /** As in `LoaderOptions`. */
  weights?: ArrayLike<number>;
  noisePerPhoto?: number;
}

/** Most memory for crops that are the same each epoch. */
const CACHE_BYTES = 128 * 2 ** 20;

export class PackLoader implements Loader {
  readonly #cache: CropCache;

  constructor(private readonly options: PackLoaderOptions) {
    const { crop, preprocessing: { size } } = options;
    this.#cache = new CropCache(crop ? 0 : CACHE_BYTES, size * size * 3);
  }

  get length(): number {
    return Math.ceil(this.options.photos.length / this.options.batchSize);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const { photos, preprocessing: { mean, std, size, fit }, generator } = this.options;
    const normalize = normalizer({ mean, std });
    const values = size * size * 3;
    for (const planned of planEpoch(generator, photos, { ...this.options, size, fit })) {
      const images = new Float32Array(planned.indices.length * values);
      for (const [i, index] of planned.indices.entries()) {
        const image = images.subarray(i * values, (i + 1) * values), crop = planned.crops.at(i);
        normalize(await this.#cut(index, crop), image);
        if (crop?.erased) erase(image, size, crop.erased);
      }
      const labels = Int32Array.from(planned.indices, (index) => photos[index].label);
      yield { images, labels, ...planned };
    }
  }

  async #cut(index: number, crop: Crop | undefined): Promise<Uint8Array> {
    const { pixels, photos, preprocessing } = this.options, photo = photos[index];
    if (crop) {
      const rows = await readRows(pixels, photo, crop.top, crop.height);
      return trainingCrop(rows, { ...crop, top: 0 }, preprocessing);
    }
    const known = this.#cache.get(index);
    if (known) return known;
    const whole = await readRows(pixels, photo, 0, photo.height);
    const view = viewPhoto(whole, preprocessing);
    this.#cache.add(index, view);
    return view;
  }
}
