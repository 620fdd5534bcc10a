/** Pillow's `ImageOps` that look each byte up in a table. */

export function posterize(pixels: Uint8Array, bits: number): Uint8Array {
  const mask = 0xff << (8 - bits);
  return pixels.map((value) => value & mask);
}

export function solarize(pixels: Uint8Array, threshold: number): Uint8Array {
  return pixels.map((value) => value < threshold ? value : 255 - value);
}

export function autocontrast(pixels: Uint8Array): Uint8Array {
  return byChannel(pixels, (histogram) => {
    const low = histogram.findIndex((count) => count > 0);
    const high = histogram.findLastIndex((count) => count > 0);
    if (high <= low) return undefined;
    const scale = 255 / (high - low), offset = -low * scale;
    return (value) => Math.min(255, Math.max(0, Math.trunc(value * scale + offset)));
  });
}

export function equalize(pixels: Uint8Array): Uint8Array {
  return byChannel(pixels, (histogram) => {
    const present = histogram.filter((count) => count > 0);
    if (present.length <= 1) return undefined;
    const step = Math.floor((pixels.length / 3 - present.at(-1)!) / 255);
    if (step === 0) return undefined;
    let sum = Math.floor(step / 2);
    const table = Uint8Array.from(histogram, (count) => {
      const value = Math.min(255, Math.floor(sum / step));
      sum += count;
      return value;
    });
    return (value) => table[value];
  });
}

/** @param lookup undefined where a channel stays as it is */
function byChannel(
  pixels: Uint8Array,
  lookup: (histogram: Uint32Array) => ((value: number) => number) | undefined,
): Uint8Array {
  const out = pixels.slice();
  for (let c = 0; c < 3; c++) {
    const histogram = new Uint32Array(256);
    for (let i = c; i < pixels.length; i += 3) histogram[pixels[i]]++;
    const of = lookup(histogram);
    if (!of) continue;
    const table = Uint8Array.from({ length: 256 }, (_, value) => of(value));
    for (let i = c; i < pixels.length; i += 3) out[i] = table[pixels[i]];
  }
  return out;
}
