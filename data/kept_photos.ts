/** Photos that were decoded before, so that adding ten photos to many decodes ten. */
import * as v from "valibot";
import { DATASET_FILES, DatasetIndexSchema, type Photo } from "./dataset_index.ts";
import type { DecodeResponse } from "./decode_photo.ts";
import { PackReader } from "./pack.ts";

/** What keeps small values by the content of the items that they are of, as strictly as a step's key. */
export interface Items {
  keyOf(content: Uint8Array): string;
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
}

export type Decoded = Exclude<DecodeResponse, { refusal: string }>;

/** Where the pixels of a photo may be: of the size that they are said to have. */
interface Place extends Pick<Photo, "width" | "height" | "offset"> {
  pack: string;
}

/**
 * What is known of a photo is an item: everything but its pixels, of which it has the digest. The
 * pixels are looked for in earlier packs, and are taken only where they have that digest: whatever
 * became of those packs, a photo comes out as if it was decoded.
 */
export class KeptPhotos implements Disposable {
  /** Of items; raised when they are written otherwise. */
  static readonly FORMAT = 1;

  /** How many photos needed no decoder. */
  found = 0;

  /** By the digest of a photo's file. */
  readonly #places = new Map<string, Place[]>();
  readonly #packs = new Map<string, PackReader>();

  /**
   * @param items of one way to decode: their keys have all that decides what comes out, and `FORMAT`
   * @param earlier folders of datasets, which may be damaged
   */
  constructor(private readonly items: Items, earlier: readonly string[] = []) {
    for (const folder of earlier) this.#list(folder);
  }

  /** Undefined for a photo that must be decoded. */
  async find(file: Uint8Array): Promise<Decoded | undefined> {
    const item = this.items.get(this.items.keyOf(file));
    if (!item) return undefined;
    const { pixels, luma, ...photo } = JSON.parse(new TextDecoder().decode(item));
    if (luma) photo.examination.fingerprint.luma = Uint8Array.fromBase64(luma);
    const data = pixels === "" ? new Uint8Array(0) : await this.#pixels(photo, pixels);
    if (!data) return undefined;
    this.found++;
    return { ...photo, data };
  }

  async keep(file: Uint8Array, { data, ...photo }: Decoded): Promise<void> {
    const luma = photo.examination?.fingerprint.luma;
    const item = {
      ...photo,
      pixels: data.length === 0 ? "" : await sha256(data),
      ...(luma && { luma: luma.toBase64() }),
    };
    const json = JSON.stringify(item, (_, value) => value === luma ? undefined : value);
    this.items.put(this.items.keyOf(file), new TextEncoder().encode(json));
  }

  async #pixels(
    photo: Pick<Photo, "sha256" | "width" | "height">,
    digest: string,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (const { pack, offset, width, height } of this.#places.get(photo.sha256) ?? []) {
      if (width !== photo.width || height !== photo.height) continue;
      try {
        const data = this.#open(pack).read(offset, width, height).data as Uint8Array<ArrayBuffer>;
        if (await sha256(data) === digest) return data;
      } catch { /* It is damaged: the photo is decoded. */ }
    }
  }

  #open(path: string): PackReader {
    const open = this.#packs.get(path) ?? new PackReader(path);
    this.#packs.set(path, open);
    return open;
  }

  #list(folder: string): void {
    try {
      const index = JSON.parse(Deno.readTextFileSync(`${folder}/${DATASET_FILES.index}`));
      for (const { sha256, split, ...place } of v.parse(DatasetIndexSchema, index).photos) {
        const pack = `${folder}/${DATASET_FILES.pack(split)}`;
        const { width, height, offset } = place;
        const places = this.#places.get(sha256) ?? [];
        places.push({ pack, width, height, offset });
        this.#places.set(sha256, places);
      }
    } catch { /* What cannot be read holds nothing of use. */ }
  }

  [Symbol.dispose](): void {
    for (const pack of this.#packs.values()) pack.close();
  }
}

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}
