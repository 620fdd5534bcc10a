/** How steps decode photos: in processes that can be killed, and each photo once. */
import { KeptPhotos } from "../data/kept_photos.ts";
import type { StartProcess } from "../data/process_pool.ts";
import { startHelper } from "../pipeline/process/helper.ts";
import { ItemCache } from "../pipeline/process/item_cache.ts";
import type { StepContext } from "../pipeline/process/step.ts";

/** All that decides what comes of a photo beside its file and the code. */
interface Wanted {
  exifOrientation: boolean;
  shortSide?: number;
  withoutPixels?: boolean;
}

/** For a step that declares `decoding`; what it decodes it examines, too. */
export class PhotoDecoding implements AsyncDisposable {
  /** Undefined where whatever runs the step starts no processes for it: workers decode then. */
  readonly start?: StartProcess;
  readonly kept: KeptPhotos;
  readonly #items: ItemCache;

  constructor(
    { helpers, itemCaches, earlier }: StepContext<unknown>,
    { exifOrientation, shortSide = 0, withoutPixels = false }: Wanted,
  ) {
    if (helpers.decode) this.start = () => startHelper(helpers.decode);
    const format = KeptPhotos.FORMAT;
    const decided = { exifOrientation, shortSide, withoutPixels, format };
    this.#items = new ItemCache(itemCaches.photos, decided);
    this.kept = new KeptPhotos(this.#items, earlier);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kept[Symbol.dispose]();
    await this.#items[Symbol.asyncDispose]();
  }
}
