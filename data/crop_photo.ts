import { decodeImage } from "./decode.ts";
import { ImageError, type RgbImage } from "./image.ts";
import { readPhoto } from "./read_photo.ts";
import type { Interpolation } from "./resize.ts";
import { evaluationCrop } from "./transforms.ts";

/** A photo file, and what a model wants to see of it. */
export interface CropRequest {
  /** A file, or the bytes of one. */
  photo: string | Uint8Array;
  /** The shorter side is resized to this first. */
  resize: number;
  /** Side of the central crop. */
  size: number;
  /** Bilinear where it is left out; so are pictures always. */
  interpolation?: Interpolation;
  /** Side of a square picture of the photo to show, if one is wanted. */
  picture?: number;
}

/** The crop, [size, size, 3], and the picture; or why there is none. */
export type CropResponse =
  | { crop: Uint8Array<ArrayBuffer>; picture?: RgbImage }
  | { refusal: string };

/**
 * Reads a photo of one's own and cuts it as evaluation does, turned upright by its EXIF data. Bytes,
 * not a model's input: they are a quarter of the size where they are handed on.
 */
export async function cropPhoto(
  { photo, resize, size, interpolation, picture }: CropRequest,
): Promise<CropResponse> {
  const bytes = await readPhoto(photo);
  if ("refusal" in bytes) return bytes;
  let image: RgbImage;
  try {
    image = await decodeImage(bytes, { exifOrientation: true });
  } catch (error) {
    const { message } = error as Error;
    return { refusal: error instanceof ImageError ? message : `corrupt: ${message}` };
  }
  const square = (resize: number, size: number, interpolation?: Interpolation) =>
    evaluationCrop(image, resize, size, interpolation) as Uint8Array<ArrayBuffer>;
  return {
    crop: square(resize, size, interpolation),
    ...(picture && {
      picture: { width: picture, height: picture, data: square(picture, picture) },
    }),
  };
}
