import { readPrimaryItem } from "./codecs/iso_boxes.ts";
import { latin1, readPhotoMetadata } from "./codecs/photo_metadata.ts";
import { readTiffDirectory, TAG } from "./codecs/tiff_directory.ts";
import { ImageError, type RgbImage } from "./image.ts";
import type { ImageFormat } from "./image_format.ts";
import type { Box } from "./resize.ts";

/** As an attribute or an element. */
const XMP_ORIENTATION = /tiff:Orientation(?:\s*=\s*["']|>)([0-9])/;

/**
 * The EXIF orientation of a photo, 1 to 8, where 1 is upright; 1 too when the file has none or it
 * cannot be read. XMP is asked where EXIF does not say, as by Pillow's `getexif`. TIFF files are
 * turned by their own tag when they are decoded, HEIC files by what their container says; AVIF's
 * container counts here in EXIF's stead, as in Pillow.
 */
export function exifOrientation(bytes: Uint8Array, format: ImageFormat): number {
  if (format === "heic") return 1;
  if (format === "avif") return unlessDamaged(() => readPrimaryItem(bytes).orientation) ?? 1;
  const { exif, xmp } = unlessDamaged(() => readPhotoMetadata(bytes, format)) ?? {};
  const tag = exif && unlessDamaged(() => readTiffDirectory(exif).get(TAG.orientation)?.[0]);
  if (tag !== undefined) return format !== "tiff" && tag >= 1 && tag <= 8 ? tag : 1;
  const found = xmp && XMP_ORIENTATION.exec(latin1(xmp));
  return found && "12345678".includes(found[1]) ? Number(found[1]) : 1;
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/**
 * Turns and mirrors a photo to upright, as Pillow's `ImageOps.exif_transpose`.
 * @param orientation EXIF's: 2 to 4 mirrored or upside down, 5 to 8 lying on a side
 */
export function orient(image: RgbImage, orientation: number): RgbImage {
  if (orientation <= 1 || orientation > 8) return image;
  const { width, height, data } = image;
  const { lying, fromRight, fromBottom } = turnOf(orientation);
  const turned = {
    width: lying ? height : width,
    height: lying ? width : height,
    data: new Uint8Array(data.length),
  };
  for (let row = 0, to = 0; row < turned.height; row++) {
    for (let column = 0; column < turned.width; column++) {
      const [x, y] = lying ? [row, column] : [column, row];
      const sourceX = fromRight ? width - 1 - x : x;
      const sourceY = fromBottom ? height - 1 - y : y;
      const from = (sourceY * width + sourceX) * 3;
      turned.data[to++] = data[from];
      turned.data[to++] = data[from + 1];
      turned.data[to++] = data[from + 2];
    }
  }
  return turned;
}

/** Where a part of the upright photo lies in the file's. */
export function beforeTurning(
  part: Box,
  { width, height }: Pick<RgbImage, "width" | "height">,
  orientation: number,
): Box {
  const { lying, fromRight, fromBottom } = turnOf(orientation);
  const box = lying
    ? { left: part.top, top: part.left, width: part.height, height: part.width }
    : part;
  return {
    ...box,
    left: fromRight ? width - box.left - box.width : box.left,
    top: fromBottom ? height - box.top - box.height : box.top,
  };
}

/** Whether the photo lies on a side, and where it is mirrored, in its own directions. */
function turnOf(orientation: number) {
  return {
    lying: orientation >= 5,
    fromRight: [2, 3, 7, 8].includes(orientation),
    fromBottom: [3, 4, 6, 7].includes(orientation),
  };
}
