import { latin1, readPhotoMetadata } from "./codecs/photo_metadata.ts";
import { readTiffDirectory, TAG } from "./codecs/tiff_directory.ts";
import { ImageError } from "./image.ts";
import type { ImageFormat } from "./image_format.ts";

/** No honest name is as long. */
const MOST_CHARACTERS = 64;

/** The camera's model, as its EXIF data name it; undefined where they do not, or are damaged. */
export function cameraOf(bytes: Uint8Array, format: ImageFormat): string | undefined {
  try {
    const { exif } = readPhotoMetadata(bytes, format);
    const model = exif && readTiffDirectory(exif).getText(TAG.model);
    // deno-lint-ignore no-control-regex -- fields end in zeros
    const name = model && latin1(model.subarray(0, MOST_CHARACTERS)).replace(/\x00[^]*/, "").trim();
    return name || undefined;
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}
