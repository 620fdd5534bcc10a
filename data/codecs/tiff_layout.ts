import { checkSize, ImageError } from "../image.ts";
import { COMPRESSION, nameOfCompression } from "./tiff_compression.ts";
import { TAG, type TiffDirectory } from "./tiff_directory.ts";

/** PhotometricInterpretation: what the samples mean. */
export const PHOTOMETRIC = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  yCbCr: 6,
} as const;

const { whiteIsZero, blackIsZero, rgb, palette, cmyk, yCbCr } = PHOTOMETRIC;
/** Channels of colour; whatever a file has beyond them is alpha, or something else. */
const COLOURS: Record<number, number> = {
  [whiteIsZero]: 1,
  [blackIsZero]: 1,
  [rgb]: 3,
  [palette]: 1,
  [cmyk]: 4,
  [yCbCr]: 3,
};
const MAX_CHANNELS = 8;
const [UNSIGNED, FLOAT] = [1, 3];
const ASSOCIATED = 1;

/** How a TIFF file holds its samples. */
export interface TiffLayout {
  width: number;
  height: number;
  littleEndian: boolean;
  photometric: number;
  /** Bits a sample; 32 are a float. */
  bits: number;
  channels: number;
  /** The first channels, which are read: colours, and alpha that they were multiplied with. */
  kept: number;
  /** Colours were multiplied with alpha, which is the last channel that is kept. */
  premultiplied: boolean;
  compression: number;
  differenced: boolean;
  /** The lowest bit of a byte is the first. */
  bitsReversed: boolean;
  /** Channels stored each by itself. */
  planar: boolean;
  /** Size of a tile; a strip is a tile of the full width. */
  tileWidth: number;
  tileHeight: number;
  /** Of each tile of the channels together, or of all tiles of the first channel, the second… */
  offsets: number[];
  /** Undefined where a file leaves them out. */
  byteCounts: number[] | undefined;
  /** What the JPEGs of strips or tiles share. */
  jpegTables: Uint8Array | undefined;
}

/**
 * Reads the tags that say how samples are stored.
 * @throws {ImageError} also for kinds that are not read, by name.
 */
export function readTiffLayout(directory: TiffDirectory): TiffLayout {
  const one = (tag: number, otherwise?: number): number => {
    const value = directory.get(tag)?.[0] ?? otherwise;
    if (value === undefined) throw new ImageError("corrupt", `TIFF file without its tag ${tag}`);
    return value;
  };
  const [width, height] = [one(TAG.width), one(TAG.height)];
  checkSize(width, height);
  const compression = one(TAG.compression, 1);
  const jpeg = compression === COMPRESSION.jpeg;
  const photometric = one(TAG.photometric, blackIsZero);
  const colours = COLOURS[photometric];
  const channels = one(TAG.samplesPerPixel, jpeg && colours ? colours : 1);
  const depths = directory.get(TAG.bitsPerSample, MAX_CHANNELS) ?? [1];
  const kind = {
    compression,
    photometric,
    channels,
    bits: depths[0],
    sameBits: depths.every((depth) => depth === depths[0]),
    sampleFormat: one(TAG.sampleFormat, UNSIGNED),
    predictor: one(TAG.predictor, 1),
    planar: channels > 1 && one(TAG.planarConfiguration, 1) === 2,
    subsampling: directory.get(TAG.subsampling, 2) ??
      (compression === COMPRESSION.none ? [1, 1] : [2, 2]),
  };
  const unusual = nameOfUnusual(kind);
  if (unusual) {
    throw new ImageError(
      "unsupported",
      `a TIFF ${unusual}, which graft does not read: save it as PNG`,
    );
  }
  if (channels < colours || channels > MAX_CHANNELS) {
    throw new ImageError("corrupt", `TIFF of kind ${photometric} with ${channels} channels`);
  }
  const tiled = directory.get(TAG.tileWidth) !== undefined;
  const tileHeight = tiled ? one(TAG.tileHeight) : Math.min(one(TAG.rowsPerStrip, height), height);
  const tileWidth = tiled ? one(TAG.tileWidth) : width;
  // However large they are, what decoding them may cost is bounded.
  if (tileWidth * tileHeight === 0) {
    throw new ImageError("corrupt", "TIFF of empty strips or tiles");
  }
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  const pieces = tiles * (kind.planar ? channels : 1);
  const premultiplied = channels > colours && [blackIsZero, rgb].some((p) => p === photometric) &&
    directory.get(TAG.extraSamples)?.[0] === ASSOCIATED;
  return {
    width,
    height,
    littleEndian: directory.littleEndian,
    // A JPEG decodes to RGB, whatever it holds.
    ...(jpeg ? { photometric: rgb, channels: 3, kept: 3, premultiplied: false } : {
      photometric,
      channels,
      kept: colours + (premultiplied ? 1 : 0),
      premultiplied,
    }),
    bits: kind.bits,
    compression,
    differenced: kind.predictor === 2,
    bitsReversed: one(TAG.fillOrder, 1) === 2,
    planar: kind.planar,
    tileWidth,
    tileHeight,
    offsets: directory.get(tiled ? TAG.tileOffsets : TAG.stripOffsets, pieces) ?? [],
    byteCounts: directory.get(tiled ? TAG.tileByteCounts : TAG.stripByteCounts, pieces),
    jpegTables: jpeg ? directory.getBytes(TAG.jpegTables) : undefined,
  };
}

interface Kind {
  compression: number;
  photometric: number;
  channels: number;
  bits: number;
  sameBits: boolean;
  sampleFormat: number;
  predictor: number;
  planar: boolean;
  subsampling: number[];
}

/** What keeps a file from being read, as it goes on from "a TIFF"; undefined when nothing does. */
function nameOfUnusual(kind: Kind): string | undefined {
  const { compression, photometric, channels, bits, sampleFormat, predictor } = kind;
  const compressed = nameOfCompression(compression);
  if (compressed) return compressed;
  if (photometric === 8 || photometric === 9) return "of Lab colours";
  if (!(photometric in COLOURS)) return `of colours of an unknown kind (${photometric})`;
  if (compression === COMPRESSION.jpeg) {
    if (bits !== 8 || kind.planar) return `of JPEG with ${bits} bits, or in planes`;
    const read = { [blackIsZero]: 1, [rgb]: 3, [yCbCr]: 3 }[photometric];
    return read === channels ? undefined : "of JPEG with inverted, printing or transparent colours";
  }
  if (!kind.sameBits) return "of channels that differ in bits";
  if (bits === 32 && sampleFormat === FLOAT) {
    if (channels > 1) return "of colours in floating point";
    return predictor === 1 ? undefined : "of floating point numbers with a predictor";
  }
  if (sampleFormat !== UNSIGNED) return `of ${bits}-bit signed, float or complex numbers`;
  if (![1, 2, 4, 8, 16].includes(bits) || bits < 8 && channels > 1) {
    return `of ${channels} channels of ${bits} bits`;
  }
  if (predictor > 2 || predictor === 2 && bits < 8) return `with predictor ${predictor}`;
  if (photometric === yCbCr && (bits !== 8 || kind.subsampling.some((factor) => factor !== 1))) {
    return "of YCbCr colours with fewer samples of colour than of light";
  }
}
