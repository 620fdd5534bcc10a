/** A decoded photo. */
export interface RgbImage {
  width: number;
  height: number;
  /** [height, width, 3], row by row. */
  data: Uint8Array;
}

/** Why bytes did not become a photo. */
export type ImageErrorReason =
  | "not an image"
  | "unsupported"
  | "truncated"
  | "corrupt"
  | "too large";

/** Bytes that are no photo, or none that can be decoded; `reason` says which kind of trouble it is. */
export class ImageError extends Error {
  override readonly name = "ImageError";

  constructor(readonly reason: ImageErrorReason, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
  }
}

/**
 * The largest photo that is decoded, in pixels; a small file can claim a huge one. A quarter of a
 * gigabyte of RGB: Pillow warns above this, its `Image.MAX_IMAGE_PIXELS`, and refuses above twice.
 */
export const MAX_PIXELS: number = Math.floor(2 ** 30 / 4 / 3);

/**
 * The largest JPEG or PNG that is read, in pixels: telephones take 200 megapixels (16,320×12,240). Above
 * `MAX_PIXELS` it is decoded to `1 / LARGE_SCALE` of its sides, in memory for so much.
 */
export const MAX_LARGE_PIXELS = 16384 * 12288;
export const LARGE_SCALE = 4;

/** The longest side, as long as JPEG and GIF can say; every row has its cost, however narrow. */
const MAX_SIDE = 65535;

/**
 * Checks a size that a file claims, before memory is taken for it.
 * @throws {ImageError} when it is empty or above `most` pixels, or has an endless side.
 */
export function checkSize(width: number, height: number, most = MAX_PIXELS): void {
  if (width === 0 || height === 0) throw new ImageError("corrupt", `${width}×${height} pixels`);
  if (width * height > most) {
    throw new ImageError(
      "too large",
      `${width}×${height} pixels are more than the ${most} allowed: make the photo smaller`,
    );
  }
  if (Math.max(width, height) > MAX_SIDE) {
    throw new ImageError(
      "too large",
      `${width}×${height} pixels: no side may be longer than ${MAX_SIDE}: cut the photo`,
    );
  }
}
