/** Photos as browsers show them, whatever format they have. */
import type { CropProcesses } from "../../data/crop_processes.ts";
import type { RgbImage } from "../../data/image.ts";
import { resize } from "../../data/resize.ts";
import { encodePng } from "../../report/png.ts";

/** Longer side of what is shown. */
const SIDE = 720;
/** Of photos that were sent in: these are decoded by processes that may do nothing. */
const SENT_SIDE = 448;
/** Pictures that are kept: those shown and the next few. */
const KEPT = 16;

export class PhotoPictures {
  readonly #kept = new Map<number, Promise<Uint8Array<ArrayBuffer> | undefined>>();

  /**
   * @param packed pixels of photos that were decoded already, by their ids
   * @param sent paths of those behind them
   */
  constructor(
    private readonly packed: readonly (() => RgbImage | Promise<RgbImage>)[],
    private readonly sent: readonly string[],
    private readonly crops: Pick<CropProcesses, "cut">,
  ) {}

  /** A PNG; undefined where there is no such photo, or it cannot be decoded. */
  of(id: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const kept = this.#kept.get(id) ?? this.#make(id);
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return kept;
  }

  async #make(id: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const image = this.packed[id] ? shown(await this.packed[id]()) : await this.#sentIn(id);
    return image && encodePng(image, 1);
  }

  async #sentIn(id: number): Promise<RgbImage | undefined> {
    const photo = this.sent[id - this.packed.length];
    if (photo === undefined) return undefined;
    const cut = await this.crops.cut({
      photo,
      resize: SENT_SIDE,
      size: SENT_SIDE,
    });
    return "refusal" in cut ? undefined : { width: SENT_SIDE, height: SENT_SIDE, data: cut.crop };
  }
}

function shown(image: RgbImage): RgbImage {
  const scale = SIDE / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const sideOf = (side: number) => Math.max(1, Math.round(side * scale));
  return resize(image, sideOf(image.width), sideOf(image.height));
}
