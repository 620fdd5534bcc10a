import type { Crop } from "./crop.ts";
import type { Photo } from "./dataset_index.ts";
import type { View } from "./fit.ts";
import { PackReader } from "./pack.ts";
import { trainingCrop } from "./training_crop.ts";
import { viewPhoto } from "./transforms.ts";

/** A photo to read from a pack, and where to cut it; without a crop it is prepared for evaluation. */
export interface PackedPhoto extends Pick<Photo, "width" | "height" | "offset"> {
  crop: Crop | undefined;
}

/** The photos of a batch, or some of them. */
export interface PixelsRequest {
  pack: string;
  photos: PackedPhoto[];
  view: View;
}

/** Reads photos and cuts them: [photos, size, size, 3]. Packs stay open for the next request. */
export class PixelsReader {
  readonly #packs = new Map<string, PackReader>();

  read(request: PixelsRequest): Uint8Array<ArrayBuffer> {
    const { pack, photos, view } = request, { size } = view;
    const bytes = size * size * 3;
    const pixels = new Uint8Array(photos.length * bytes);
    const reader = this.#open(pack);
    for (const [i, photo] of photos.entries()) {
      pixels.set(cut(reader, photo, view), i * bytes);
    }
    return pixels;
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
