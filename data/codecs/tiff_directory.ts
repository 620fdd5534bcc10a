import { ImageError } from "../image.ts";

/** The tags that decoding uses: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
export const TAG = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

/** Bytes of the integer field types: BYTE, SHORT and LONG. */
const TYPE_BYTES: Record<number, number> = { 1: 1, 3: 2, 4: 4 };

/** The first directory of a TIFF structure, which EXIF data is too. */
export interface TiffDirectory {
  littleEndian: boolean;
  /** The values of a field of integers; undefined when it is not there. */
  get(tag: number): number[] | undefined;
}

/**
 * Reads the integer fields of the first directory.
 * @throws {ImageError}
 */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const fields = new Map<number, number[]>();
  try {
    if (view.getUint16(2, littleEndian) !== 42) throw new ImageError("unsupported", "BigTIFF");
    const start = view.getUint32(4, littleEndian);
    const count = view.getUint16(start, littleEndian);
    for (let i = 0; i < count; i++) {
      const at = start + 2 + i * 12;
      const values = readField(view, at, littleEndian);
      if (values) fields.set(view.getUint16(at, littleEndian), values);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("truncated", "TIFF directory is cut off", { cause: error });
  }
  return { littleEndian, get: (tag) => fields.get(tag) };
}

function readField(view: DataView, at: number, littleEndian: boolean): number[] | undefined {
  const bytes = TYPE_BYTES[view.getUint16(at + 2, littleEndian)];
  if (!bytes) return undefined;
  const count = view.getUint32(at + 4, littleEndian);
  const start = count * bytes <= 4 ? at + 8 : view.getUint32(at + 8, littleEndian);
  if (start + count * bytes > view.byteLength) throw new RangeError("field is cut off");
  return Array.from({ length: count }, (_, i) => {
    const value = start + i * bytes;
    if (bytes === 1) return view.getUint8(value);
    return bytes === 2 ? view.getUint16(value, littleEndian) : view.getUint32(value, littleEndian);
  });
}
