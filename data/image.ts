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
 * The largest photo that is decoded, in pixels; a small file can claim a huge one.
 * Pillow's `Image.MAX_IMAGE_PIXELS`: a quarter of a gigabyte of RGB.
 */
export const MAX_PIXELS = Math.floor(2 ** 30 / 4 / 3);

/**
 * Checks a size that a file claims, before memory is taken for it.
 * @throws {ImageError} when it is empty or above `MAX_PIXELS`.
 */
export function checkSize(width: number, height: number): void {
  if (width === 0 || height === 0) throw new ImageError("corrupt", `${width}×${height} pixels`);
  if (width * height > MAX_PIXELS) {
    throw new ImageError(
      "too large",
      `${width}×${height} pixels are more than the ${MAX_PIXELS} allowed: make the photo smaller`,
    );
  }
}
