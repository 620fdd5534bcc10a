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
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  subsampling: 530,
  xmp: 700,
} as const;

/** Bytes of the integer field types: BYTE, SHORT, LONG, UNDEFINED, and BigTIFF's LONG8. */
const TYPE_BYTES: Record<number, number> = { 1: 1, 3: 2, 4: 4, 7: 1, 16: 8 };

/** The first directory of a TIFF structure, which EXIF data is too. */
export interface TiffDirectory {
  littleEndian: boolean;
  /** Whether another directory, a second page, is named after this one. */
  hasNext: boolean;
  /**
   * The first `most` values of a field of integers, one unless told; undefined when it is not there.
   * No more is read than is asked for, whatever count a file claims.
   */
  get(tag: number, most?: number): number[] | undefined;
  /** The bytes of a field, of which no copy is made. */
  getBytes(tag: number): Uint8Array | undefined;
}

/** Where the values of a field stand. */
interface Field {
  start: number;
  count: number;
  typeBytes: number;
}

/**
 * Finds the integer fields of the first directory, of TIFF and BigTIFF. As in Pillow, a field that
 * is cut off, or of another type, is passed over, so is what a directory lists past the file's end,
 * and of two fields with one tag the first counts.
 * @throws {ImageError}
 */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const fields = new Map<number, Field>();
  let hasNext = false;
  try {
    const reader = readHeader(view, littleEndian);
    const { start, entries, entryBytes, inline, offsetAt } = reader;
    for (let i = 0; i < entries && start + (i + 1) * entryBytes <= bytes.length; i++) {
      const at = start + i * entryBytes;
      const tag = view.getUint16(at, littleEndian);
      const typeBytes = TYPE_BYTES[view.getUint16(at + 2, littleEndian)];
      const count = offsetAt(at + 4);
      if (!typeBytes || count === 0 || fields.has(tag)) continue;
      const values = at + 4 + inline;
      const from = count * typeBytes <= inline ? values : offsetAt(values);
      if (from + count * typeBytes <= bytes.length) {
        fields.set(tag, { start: from, count, typeBytes });
      }
    }
    const next = start + entries * entryBytes;
    hasNext = next + inline <= bytes.length && offsetAt(next) !== 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("truncated", "TIFF directory is cut off", { cause: error });
  }
  return {
    littleEndian,
    hasNext,
    get(tag, most = 1) {
      const field = fields.get(tag);
      if (!field) return undefined;
      const { start, count, typeBytes } = field;
      return Array.from({ length: Math.min(count, most) }, (_, i) => {
        const at = start + i * typeBytes;
        if (typeBytes === 1) return view.getUint8(at);
        if (typeBytes === 2) return view.getUint16(at, littleEndian);
        if (typeBytes === 4) return view.getUint32(at, littleEndian);
        return Number(view.getBigUint64(at, littleEndian));
      });
    },
    getBytes(tag) {
      const field = fields.get(tag);
      return field && bytes.subarray(field.start, field.start + field.count * field.typeBytes);
    },
  };
}

/** Where the first directory stands; BigTIFF has 64 bits where TIFF has 32, or 16. */
function readHeader(view: DataView, littleEndian: boolean) {
  const big = view.getUint16(2, littleEndian) === 43;
  const offsetAt = (at: number) =>
    big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const directory = offsetAt(big ? 8 : 4);
  return {
    offsetAt,
    /** Bytes of an offset, and of the values that stand in an entry itself. */
    inline: big ? 8 : 4,
    entryBytes: big ? 20 : 12,
    entries: big ? offsetAt(directory) : view.getUint16(directory, littleEndian),
    start: directory + (big ? 8 : 2),
  };
}
