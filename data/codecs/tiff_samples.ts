import { ImageError } from "../image.ts";
import { Budget } from "./budget.ts";
import { decodeJpeg } from "./jpeg.ts";
import { readJpegHeader } from "./jpeg_segments.ts";
import { everyOther, unpackBits } from "./samples.ts";
import { COMPRESSION, decompress } from "./tiff_compression.ts";
import { PHOTOMETRIC, type TiffLayout } from "./tiff_layout.ts";

/** What a strip or tile costs beside its bytes. */
const PIECE_COST = 2 ** 10;
/** A compressed strip is decompressed at once; what honest programs write is far smaller. */
const MAX_PIECE_BYTES = 2 ** 28;

/**
 * Reads the samples of the channels that are kept, one byte each: [height, width, kept].
 * @throws {ImageError}
 */
export async function readSamples(bytes: Uint8Array, layout: TiffLayout): Promise<Uint8Array> {
  const { width, height, channels, kept, tileWidth, tileHeight, planar } = layout;
  const across = Math.ceil(width / tileWidth);
  const tiles = across * Math.ceil(height / tileHeight);
  const planes = planar ? channels : 1;
  const listed = Math.min(layout.offsets.length, layout.byteCounts?.length ?? Infinity);
  if (listed < tiles * planes) {
    throw new ImageError("corrupt", "TIFF file lists too few strips or tiles");
  }
  const budget = new Budget(width, height, bytes.length);
  const tileChannels = channels / planes;
  const copied = Math.min(kept, tileChannels);
  // Taken when the first piece is there, and not for a size that is only claimed.
  let out: Uint8Array | undefined;
  for (let tile = 0; tile < tiles * (planar ? kept : 1); tile++) {
    const top = Math.floor(tile % tiles / across) * tileHeight;
    const left = tile % across * tileWidth;
    const rows = Math.min(tileHeight, height - top);
    const columns = Math.min(tileWidth, width - left);
    const piece = takePiece(bytes, layout, tile, rows, tileChannels, budget);
    const samples = layout.compression === COMPRESSION.jpeg
      ? await decodeJpegPiece(piece.stored, layout, rows)
      : decodePiece(piece, layout, rows, tileChannels);
    out ??= new Uint8Array(width * height * kept);
    const plane = Math.floor(tile / tiles);
    for (let row = 0; row < rows; row++) {
      let from = row * tileWidth * tileChannels;
      let to = ((top + row) * width + left) * kept + plane;
      for (let column = 0; column < columns; column++, from += tileChannels, to += kept) {
        for (let c = 0; c < copied; c++) out[to + c] = samples[from + c];
      }
    }
  }
  return out!;
}

/** A strip or tile, of which the first rows lie in the picture. */
interface Piece {
  stored: Uint8Array;
  rowSamples: number;
  rowBytes: number;
}

function takePiece(
  bytes: Uint8Array,
  { tileWidth, bits, bitsReversed, compression, offsets, byteCounts }: TiffLayout,
  tile: number,
  rows: number,
  channels: number,
  budget: Budget,
): Piece {
  const rowSamples = tileWidth * channels;
  const rowBytes = Math.ceil(rowSamples * bits / 8);
  const offset = offsets[tile];
  // As in Pillow, raw pixels are as many as they must be, whatever the file counts.
  const count = compression === COMPRESSION.none
    ? rowBytes * rows
    : byteCounts?.[tile] ?? bytes.length;
  const stored = bytes.subarray(offset, offset + count);
  const decoded = Math.max(rowSamples, rowBytes) * rows;
  budget.spend(PIECE_COST + stored.length + decoded, "its strips or tiles");
  if (compression !== COMPRESSION.none && decoded > MAX_PIECE_BYTES) {
    throw new ImageError("too large", "TIFF strip of over 256 MB: save it in smaller strips");
  }
  return { stored: bitsReversed ? stored.map(reverseBits) : stored, rowSamples, rowBytes };
}

function reverseBits(byte: number): number {
  byte = byte >> 4 | byte << 4;
  byte = byte >> 2 & 0x33 | byte << 2 & 0xcc;
  return byte >> 1 & 0x55 | byte << 1 & 0xaa;
}

/** The first `rows` rows of a tile, one byte a sample. */
function decodePiece(
  { stored, rowSamples, rowBytes }: Piece,
  { bits, compression, differenced, littleEndian }: TiffLayout,
  rows: number,
  channels: number,
): Uint8Array {
  const raw = decompress(stored, compression, rowBytes * rows);
  if (raw.length < rowBytes * rows) {
    throw new ImageError("truncated", "TIFF file ends amid its pixels");
  }
  if (bits < 8) return unpackBits(raw, rowSamples, rows, rowBytes, bits);
  if (bits === 32) return cutFloats(raw, littleEndian);
  if (bits === 16) {
    return differenced
      ? addUp16(raw, rows, rowSamples, channels, littleEndian)
      : everyOther(raw, littleEndian ? 1 : 0);
  }
  if (!differenced) return raw;
  const samples = raw.slice();
  for (let row = 0; row < rows; row++) {
    for (let i = channels; i < rowSamples; i++) {
      samples[row * rowSamples + i] += samples[row * rowSamples + i - channels];
    }
  }
  return samples;
}

/** Undoes horizontal differencing of 16-bit samples, and keeps their upper bytes. */
function addUp16(
  raw: Uint8Array,
  rows: number,
  rowSamples: number,
  channels: number,
  littleEndian: boolean,
): Uint8Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const out = new Uint8Array(rows * rowSamples);
  const sums = new Uint16Array(channels);
  for (let i = 0; i < out.length; i++) {
    if (i % rowSamples === 0) sums.fill(0);
    const channel = i % rowSamples % channels;
    sums[channel] += view.getUint16(2 * i, littleEndian);
    out[i] = sums[channel] >> 8;
  }
  return out;
}

/** 32-bit floats to 0…255, without their fractions. */
function cutFloats(raw: Uint8Array, littleEndian: boolean): Uint8Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Uint8Array.from(
    { length: raw.length / 4 },
    (_, i) => Math.max(0, Math.min(255, view.getFloat32(4 * i, littleEndian))),
  );
}

/**
 * Decodes a strip or tile that is a JPEG file without its tables. TIFF and not the JPEG says what
 * its colours are, which an Adobe segment passes on.
 */
async function decodeJpegPiece(
  stored: Uint8Array,
  { photometric, jpegTables, tileWidth }: TiffLayout,
  rows: number,
): Promise<Uint8Array> {
  if (stored.length < 4) throw new ImageError("corrupt", "TIFF with an empty JPEG for its strip");
  const tables = jpegTables?.subarray(2, -2) ?? new Uint8Array(0); // without SOI and EOI
  const transform = photometric === PHOTOMETRIC.rgb ? 0 : 1;
  const adobe = [0xff, 0xee, 0, 14, ...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0];
  const file = new Uint8Array(2 + adobe.length + 1 + tables.length + stored.length - 2);
  file.set([0xff, 0xd8, ...adobe, transform]);
  file.set(tables, adobe.length + 3);
  file.set(stored.subarray(2), adobe.length + 3 + tables.length);
  const { width, height } = readJpegHeader(file);
  if (width !== tileWidth || height < rows || height > rows + 2 ** 10) {
    throw new ImageError("corrupt", `TIFF with a JPEG of ${width} by ${height} for its strip`);
  }
  return (await decodeJpeg(file)).data;
}
