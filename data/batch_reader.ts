import type { Crop } from "./crop.ts";
import type { Photo } from "./dataset_index.ts";
import type { View } from "./fit.ts";
import { PackReader } from "./pack.ts";
import { erase, trainingCrop } from "./training_crop.ts";
import { type Normalization, normalizer, viewPhoto } from "./transforms.ts";

/** A photo to read from a pack, and where to cut it; without a crop it is prepared for evaluation. */
export interface PackedPhoto extends Pick<Photo, "width" | "height" | "offset"> {
  crop: Crop | undefined;
}

export interface BatchRequest {
  pack: string;
  /** Bytes of one that was cut before stand for it. */
  photos: (PackedPhoto | Uint8Array)[];
  view: View;
  /** Left out where bytes are wanted. */
  normalization?: Normalization;
  /** Whether the bytes of each photo are wanted, too. */
  keeps: boolean;
}

export interface ReadBatch {
  /** [photos, size, size, 3], normalised where that is asked for. */
  images: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  /** Of each photo, where they are wanted: in memory that threads share, so that nobody copies them. */
  kept: Uint8Array<SharedArrayBuffer>[];
}

/** Reads photos, cuts and normalises them. Packs stay open for the next request. */
export class BatchReader {
  readonly #packs = new Map<string, PackReader>();

  read({ pack, photos, view, normalization, keeps }: BatchRequest): ReadBatch {
    const { size } = view, values = size * size * 3;
    const kept: ReadBatch["kept"] = [];
    const read = (photo: PackedPhoto | Uint8Array) => {
      const bytes = photo instanceof Uint8Array ? photo : cut(this.#open(pack), photo, view);
      if (keeps) kept.push(shared(bytes));
      return bytes;
    };
    if (!normalization) {
      const images = new Uint8Array(photos.length * values);
      for (const [i, photo] of photos.entries()) images.set(read(photo), i * values);
      return { images, kept };
    }
    const images = new Float32Array(photos.length * values);
    const normalize = normalizer(normalization);
    for (const [i, photo] of photos.entries()) {
      const image = images.subarray(i * values, (i + 1) * values);
      normalize(read(photo), image);
      if ("crop" in photo && photo.crop?.erased) erase(image, size, photo.crop.erased);
    }
    return { images, kept };
  }

  close(): void {
    for (const pack of this.#packs.values()) pack.close();
    this.#packs.clear();
  }

  #open(path: string): PackReader {
    let reader = this.#packs.get(path);
    if (!reader) this.#packs.set(path, reader = new PackReader(path));
    return reader;
  }
}

function cut(
  reader: PackReader,
  photo: PackedPhoto,
  view: View,
): Uint8Array {
  const { width, height, offset, crop } = photo;
  if (!crop) return viewPhoto(reader.read(offset, width, height), view);
  // Only the rows of the crop are read.
  const rows = reader.read(offset + crop.top * width * 3, width, crop.height);
  return trainingCrop(rows, { ...crop, top: 0 }, view);
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes as Uint8Array<SharedArrayBuffer>;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
