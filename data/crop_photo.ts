import { cropJpeg } from "./crop_jpeg.ts";
import type { View } from "./fit.ts";
import { ImageError, type RgbImage } from "./image.ts";
import { sniffImageFormat } from "./image_format.ts";
import { readPhoto } from "./read_photo.ts";
import { viewPhoto } from "./transforms.ts";

/** A photo file, and what a model wants to see of it. */
export interface CropRequest extends View {
  /** A file, or the bytes of one. */
  photo: string | Uint8Array;
  /** Side of a square picture of the photo to show, bilinear and never squashed, if one is wanted. */
  picture?: number;
}

/** The crop, [size, size, 3], and the picture; or why there is none. */
export type CropResponse =
  | { crop: Uint8Array; picture?: RgbImage }
  | { refusal: string };

/**
 * Reads a photo of one's own and cuts it as evaluation does, turned upright by its EXIF data. Bytes,
 * not a model's input: they are a quarter of the size where they are handed on.
 */
export async function cropPhoto(
  { photo, picture, ...view }: CropRequest,
): Promise<CropResponse> {
  const bytes = await readPhoto(photo);
  if ("refusal" in bytes) return bytes;
  let image: RgbImage;
  try {
    const crop = picture || sniffImageFormat(bytes) !== "jpeg" ? undefined : cropJpeg(bytes, view);
    if (crop) return { crop };
    // Most photos do without.
    const { decodeImage } = await import("./decode.ts");
    image = await decodeImage(bytes, { exifOrientation: true });
  } catch (error) {
    const { message } = error as Error;
    return { refusal: error instanceof ImageError ? message : `corrupt: ${message}` };
  }
  const square = (view: View) => viewPhoto(image, view) as Uint8Array<ArrayBuffer>;
  return {
    crop: square(view),
    ...(picture && {
      picture: { width: picture, height: picture, data: square(pictureView(view, picture)) },
    }),
  };
}

/** Where the network sees a photo whole, so do people. */
function pictureView({ fit = "crop", mean }: View, side: number): View {
  return { fit: fit === "crop" ? "crop" : "pad", resize: side, size: side, mean };
}
