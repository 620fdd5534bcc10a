import { orient } from "../exif_orientation.ts";
import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { cmykToRgb } from "./cmyk.ts";
import { dropAlpha, everyOther, greyToRgb, lookUp, unpackBits } from "./samples.ts";
import { decompress } from "./tiff_compression.ts";
import { readTiffDirectory, TAG, type TiffDirectory } from "./tiff_directory.ts";

/** PhotometricInterpretation. */
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK] = [0, 1, 2, 3, 5];

/**
 * Decodes the first page of a TIFF file: bilevel, grey, palette, RGB or CMYK of up to 16 bits, in
 * strips or tiles; uncompressed, LZW, deflate or PackBits. It is turned upright by its orientation
 * tag, always, and alpha is dropped, as in Pillow; 16 bits keep the upper 8.
 * @throws {ImageError} also for the many other kinds of TIFF.
 */
export function decodeTiff(bytes: Uint8Array): RgbImage {
  const directory = readTiffDirectory(bytes);
  const layout = readLayout(directory);
  const samples = readSamples(bytes, layout);
  const { width, height } = layout;
  const image = { width, height, data: toRgb(samples, layout, directory.get(TAG.colorMap)) };
  return orient(image, directory.get(TAG.orientation)?.[0] ?? 1);
}

interface Layout {
  width: number;
  height: number;
  littleEndian: boolean;
  photometric: number;
  bits: number;
  channels: number;
  compression: number;
  differenced: boolean;
  /** Channels stored each by itself. */
  planar: boolean;
  /** Size of a tile; a strip is a tile of the full width. */
  tileWidth: number;
  tileHeight: number;
  offsets: number[];
  byteCounts: number[];
}

function readLayout(directory: TiffDirectory): Layout {
  const one = (tag: number, otherwise?: number): number => {
    const value = directory.get(tag)?.[0] ?? otherwise;
    if (value === undefined) throw new ImageError("corrupt", `TIFF file without its tag ${tag}`);
    return value;
  };
  const [width, height] = [one(TAG.width), one(TAG.height)];
  checkSize(width, height);
  const depths = directory.get(TAG.bitsPerSample) ?? [1];
  const [bits, channels] = [depths[0], one(TAG.samplesPerPixel, 1)];
  const photometric = one(TAG.photometric, BLACK_IS_ZERO);
  const needed = { [RGB]: 3, [CMYK]: 4 }[photometric] ?? 1;
  const predictor = one(TAG.predictor, 1);
  if (
    ![1, 2, 4, 8, 16].includes(bits) || depths.some((depth) => depth !== bits) ||
    bits < 8 && channels > 1 || one(TAG.sampleFormat, 1) !== 1 || one(TAG.fillOrder, 1) !== 1 ||
    photometric > PALETTE && photometric !== CMYK || predictor > 2 || predictor === 2 && bits < 8
  ) {
    throw new ImageError("unsupported", `TIFF of kind ${photometric}, ${channels}×${bits} bits`);
  }
  if (channels < needed || channels > 8) {
    throw new ImageError("corrupt", `TIFF of kind ${photometric} with ${channels} channels`);
  }
  const tiled = directory.get(TAG.tileWidth) !== undefined;
  const tileHeight = tiled ? one(TAG.tileHeight) : Math.min(one(TAG.rowsPerStrip, height), height);
  const tileWidth = tiled ? one(TAG.tileWidth) : width;
  checkSize(tileWidth, tileHeight);
  return {
    width,
    height,
    littleEndian: directory.littleEndian,
    photometric,
    bits,
    channels,
    compression: one(TAG.compression, 1),
    differenced: predictor === 2,
    planar: channels > 1 && one(TAG.planarConfiguration, 1) === 2,
    tileWidth,
    tileHeight,
    offsets: directory.get(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [],
    byteCounts: directory.get(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ?? [],
  };
}

/** Samples of one byte: [height, width, channels]. */
function readSamples(bytes: Uint8Array, layout: Layout): Uint8Array {
  const { width, height, channels, tileWidth, tileHeight, planar } = layout;
  const across = Math.ceil(width / tileWidth);
  const tiles = across * Math.ceil(height / tileHeight);
  const planes = planar ? channels : 1;
  if (layout.offsets.length < tiles * planes || layout.byteCounts.length < tiles * planes) {
    throw new ImageError("corrupt", "TIFF file lists too few strips or tiles");
  }
  const out = new Uint8Array(width * height * channels);
  const tileChannels = channels / planes;
  for (let tile = 0; tile < tiles * planes; tile++) {
    const top = Math.floor(tile % tiles / across) * tileHeight;
    const left = tile % across * tileWidth;
    const rows = Math.min(tileHeight, height - top);
    const columns = Math.min(tileWidth, width - left);
    const samples = readTile(bytes, layout, tile, rows, tileChannels);
    const plane = Math.floor(tile / tiles);
    for (let row = 0; row < rows; row++) {
      let from = row * tileWidth * tileChannels;
      let to = ((top + row) * width + left) * channels + plane;
      for (let column = 0; column < columns; column++, to += channels) {
        for (let c = 0; c < tileChannels; c++) out[to + c] = samples[from++];
      }
    }
  }
  return out;
}

/** The first `rows` rows of a tile, one byte a sample. */
function readTile(
  bytes: Uint8Array,
  { tileWidth, bits, compression, differenced, littleEndian, offsets, byteCounts }: Layout,
  tile: number,
  rows: number,
  channels: number,
): Uint8Array {
  const rowSamples = tileWidth * channels;
  const rowBytes = Math.ceil(rowSamples * bits / 8);
  const stored = bytes.subarray(offsets[tile], offsets[tile] + byteCounts[tile]);
  const raw = decompress(stored, compression, rowBytes * rows);
  if (raw.length < rowBytes * rows) {
    throw new ImageError("truncated", "TIFF file ends amid its pixels");
  }
  if (bits < 8) return unpackBits(raw, rowSamples, rows, rowBytes, bits);
  const samples = bits === 8 ? raw.slice(0, rowBytes * rows) : raw;
  if (!differenced) return bits === 8 ? samples : everyOther(raw, littleEndian ? 1 : 0);
  if (bits === 16) return addUp16(raw, rows, rowSamples, channels, littleEndian);
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

function toRgb(samples: Uint8Array, layout: Layout, colorMap?: number[]): Uint8Array {
  const { photometric, channels, bits } = layout;
  const colours = { [RGB]: 3, [CMYK]: 4 }[photometric] ?? 1;
  const kept = channels === colours ? samples : keepChannels(samples, channels, colours);
  switch (photometric) {
    case RGB:
      return kept;
    case CMYK:
      return cmykToRgb(kept);
    case PALETTE:
      return lookUp(kept, paletteOf(colorMap ?? []));
    default: {
      const max = bits < 8 ? 2 ** bits - 1 : 255;
      const invert = photometric === WHITE_IS_ZERO;
      return greyToRgb(kept.map((value) => (invert ? max - value : value) * 255 / max));
    }
  }
}

/** Drops alpha and other extra channels. */
function keepChannels(samples: Uint8Array, channels: number, colours: number): Uint8Array {
  if (channels === 4 && colours === 3) return dropAlpha(samples);
  const pixels = samples.length / channels;
  const out = new Uint8Array(pixels * colours);
  for (let i = 0; i < out.length; i++) {
    out[i] = samples[Math.floor(i / colours) * channels + i % colours];
  }
  return out;
}

/** ColorMap holds all reds, all greens, all blues, of 16 bits. */
function paletteOf(colorMap: number[]): Uint8Array {
  const colours = colorMap.length / 3;
  return Uint8Array.from(
    { length: colorMap.length },
    (_, i) => colorMap[i % 3 * colours + Math.floor(i / 3)] >> 8,
  );
}
