import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { checkExpansion } from "./budget.ts";
import { readPrimaryItem } from "./iso_boxes.ts";
import { type Libheif, type LibheifError, loadLibheif } from "./libheif.ts";

/** Pixels of a byte: a white photo has 3,600. */
const MAX_EXPANSION = 2 ** 16;
let library: Promise<Libheif> | undefined;

/**
 * Decodes the primary photo of a HEIC file (HEVC in a HEIF container, as phones write it) by libheif,
 * to the bytes that pillow-heif gives, which uses it too. It comes upright: turning and mirroring
 * stand in the container and are part of the format (ISO/IEC 23008-12, section 6.5.10), and EXIF's
 * orientation, which phones write besides, is not applied again.
 * @throws {ImageError}
 */
export async function decodeHeic(bytes: Uint8Array): Promise<RgbImage> {
  const { size } = readPrimaryItem(bytes);
  if (size) {
    checkSize(size.width, size.height);
    checkExpansion(size.width * size.height, bytes.length, "HEIC", MAX_EXPANSION);
  }
  library ??= loadLibheif();
  try {
    return decode(await library, bytes);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    library = undefined; // the instance may be left in any state
    throw new ImageError("corrupt", `HEIC: ${cause}`, { cause });
  }
}

function decode(heif: Libheif, bytes: Uint8Array): RgbImage {
  const context = heif.heif_context_alloc();
  try {
    const read = heif.heif_context_read_from_memory(context, bytes);
    if (read.code !== heif.heif_error_code.heif_error_Ok) throw refusal(read);
    const handle = heif.heif_js_context_get_primary_image_handle(context);
    if ("code" in handle) throw refusal(handle);
    try {
      checkSize(
        heif.heif_image_handle_get_width(handle),
        heif.heif_image_handle_get_height(handle),
      );
      const decoded = heif.heif_js_decode_image2(
        handle,
        heif.heif_colorspace.heif_colorspace_RGB,
        heif.heif_chroma.heif_chroma_interleaved_RGB,
      );
      if ("code" in decoded) throw refusal(decoded);
      try {
        return withoutPadding(decoded.channels[0]);
      } finally {
        heif.heif_image_release(decoded.image);
      }
    } finally {
      heif.heif_image_handle_release(handle);
    }
  } finally {
    heif.heif_context_free(context);
  }
}

/** libheif's words say what is missing: a codec that is not HEVC, data that end early. */
function refusal({ message }: LibheifError): ImageError {
  if (/end of file|end of data/i.test(message)) {
    return new ImageError("truncated", `HEIC file is cut off (${message})`);
  }
  const isOther = /not been built in|Unsupported|not supported/i.test(message);
  return isOther
    ? new ImageError(
      "unsupported",
      `HEIC of a kind that libheif's build does not know (${message})`,
    )
    : new ImageError("corrupt", `HEIC cannot be decoded: ${message}`);
}

/** Rows in libheif's memory may be longer than the photo is wide. */
function withoutPadding(
  { width, height, stride, data }: {
    width: number;
    height: number;
    stride: number;
    data: Uint8Array;
  },
): RgbImage {
  const bytes = width * 3;
  const rgb = new Uint8Array(bytes * height);
  for (let row = 0; row < height; row++) {
    rgb.set(data.subarray(row * stride, row * stride + bytes), row * bytes);
  }
  return { width, height, data: rgb };
}
