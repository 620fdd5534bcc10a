import { ImageError } from "../image.ts";
import type { ImageFormat } from "../image_format.ts";
import { inflateAtMost } from "./inflate.ts";
import { readJpegHeader } from "./jpeg_segments.ts";
import { pngChunks } from "./png_chunks.ts";
import { riffChunks } from "./riff_chunks.ts";
import { readTiffDirectory, TAG } from "./tiff_directory.ts";

/** What a file says of its photo besides the pixels, each where it has it. */
export interface PhotoMetadata {
  /** The TIFF structure of EXIF. */
  exif?: Uint8Array;
  /** An XMP packet: XML. */
  xmp?: Uint8Array;
}

/** No honest packet is as long; of one that is, the beginning is read. */
const MAX_METADATA_BYTES = 2 ** 20;

/**
 * Finds EXIF and XMP where programs put them.
 * @throws {ImageError} where the file is damaged
 */
export function readPhotoMetadata(bytes: Uint8Array, format: ImageFormat): PhotoMetadata {
  switch (format) {
    case "jpeg": {
      const { exif, xmp } = readJpegHeader(bytes);
      return { exif, xmp };
    }
    case "png":
      return pngMetadata(bytes);
    case "webp": {
      const find = (name: string) => riffChunks(bytes).find(({ type }) => type === name)?.data;
      return { exif: withoutPrefix(find("EXIF")), xmp: find("XMP ") };
    }
    case "tiff":
      return { exif: bytes, xmp: readTiffDirectory(bytes).getBytes(TAG.xmp) };
    default:
      return {};
  }
}

/** Programs that copy a JPEG's segment as it stands leave its name, once or twice, before the data. */
function withoutPrefix(exif: Uint8Array | undefined): Uint8Array | undefined {
  for (let i = 0; exif && i < 2 && latin1(exif.subarray(0, 6)) === "Exif\0\0"; i++) {
    exif = exif.subarray(6);
  }
  return exif;
}

function pngMetadata(bytes: Uint8Array): PhotoMetadata {
  let exif: Uint8Array | undefined;
  let profile: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  for (const { type, data } of pngChunks(bytes)) {
    if (type === "IEND") break;
    if (type === "eXIf") exif = data;
    if (!["tEXt", "zTXt", "iTXt"].includes(type)) continue;
    const end = data.subarray(0, 80).indexOf(0); // a keyword has up to 79 bytes
    const keyword = latin1(data.subarray(0, Math.max(0, end)));
    if (keyword === "XML:com.adobe.xmp" && type === "iTXt") {
      xmp = internationalText(data.subarray(end + 1));
    } else if (/^Raw profile type (exif|APP1)$/i.test(keyword) && type !== "iTXt") {
      const text = data.subarray(end + 1);
      profile = rawProfile(type === "tEXt" ? text : textOf(text.subarray(1)));
    }
  }
  return { exif: withoutPrefix(exif ?? profile), xmp };
}

/** ImageMagick's way to keep a profile: a line break, a name, a length, hexadecimal digits. */
function rawProfile(text: Uint8Array): Uint8Array | undefined {
  const lines = latin1(text.subarray(0, MAX_METADATA_BYTES)).split("\n");
  const digits = lines.slice(3).join("").replace(/[^0-9a-f]/gi, "");
  return Uint8Array.fromHex(digits.slice(0, digits.length & ~1));
}

/** An iTXt chunk after its keyword: flag and method of compression, language, keyword, text. */
function internationalText(data: Uint8Array): Uint8Array | undefined {
  const language = data.indexOf(0, 2);
  const keyword = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (keyword < 0) return undefined;
  const text = data.subarray(keyword + 1);
  return data[0] === 0 ? text : textOf(text);
}

/** Inflated; empty where it is damaged. */
function textOf(compressed: Uint8Array): Uint8Array {
  try {
    return inflateAtMost(compressed, MAX_METADATA_BYTES, "PNG text");
  } catch (error) {
    if (error instanceof ImageError) return new Uint8Array(0);
    throw error;
  }
}

/** One character a byte. */
export function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, MAX_METADATA_BYTES));
}
