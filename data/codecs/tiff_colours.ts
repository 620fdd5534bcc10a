import { cmykToRgb } from "./cmyk.ts";
import { greyToRgb, lookUp } from "./samples.ts";
import { TAG, type TiffDirectory } from "./tiff_directory.ts";
import { PHOTOMETRIC, type TiffLayout } from "./tiff_layout.ts";

/** RGB out of the samples that are kept, one byte each. */
export function tiffToRgb(
  samples: Uint8Array,
  { photometric, bits, kept, premultiplied }: TiffLayout,
  directory: TiffDirectory,
): Uint8Array {
  if (premultiplied) samples = divideByAlpha(samples, kept);
  switch (photometric) {
    case PHOTOMETRIC.rgb:
      return samples;
    case PHOTOMETRIC.cmyk:
      return cmykToRgb(samples);
    case PHOTOMETRIC.yCbCr:
      return yCbCrToRgb(samples);
    case PHOTOMETRIC.palette:
      return lookUp(samples, paletteOf(directory.get(TAG.colorMap, 3 * 2 ** bits) ?? []));
    default: {
      const max = bits < 8 ? 2 ** bits - 1 : 255;
      // Pillow takes floats as they are.
      const invert = photometric === PHOTOMETRIC.whiteIsZero && bits !== 32;
      return greyToRgb(samples.map((value) => (invert ? max - value : value) * 255 / max));
    }
  }
}

/** Pillow's `unpackRGBa`: the colours alone, as they were before they were multiplied with alpha. */
function divideByAlpha(samples: Uint8Array, channels: number): Uint8Array {
  const colours = channels - 1;
  const out = new Uint8Array(samples.length / channels * colours);
  for (let from = 0, to = 0; from < samples.length; from += channels) {
    const alpha = samples[from + colours];
    for (let c = 0; c < colours; c++) {
      out[to++] = alpha === 0 ? 0 : Math.min(255, Math.floor(samples[from + c] * 255 / alpha));
    }
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

/** Pillow's `ImagingConvertYCbCr2RGB`: tables of 64ths, rounded towards zero. */
function yCbCrToRgb(samples: Uint8Array): Uint8Array {
  const table = (factor: number) =>
    Int32Array.from({ length: 256 }, (_, i) => Math.trunc(factor * 64 * (i - 128) + 0.5));
  const [redCr, greenCb, greenCr, blueCb] = [1.402, -0.34414, -0.71414, 1.772].map(table);
  const data = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const [y, cb, cr] = [samples[i], samples[i + 1], samples[i + 2]];
    data[i] = y + (redCr[cr] >> 6);
    data[i + 1] = y + (greenCb[cb] + greenCr[cr] >> 6);
    data[i + 2] = y + (blueCb[cb] >> 6);
  }
  return new Uint8Array(data.buffer);
}
