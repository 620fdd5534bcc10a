/** From the samples that image files hold to RGB. */

/** RGB out of RGBA; alpha is dropped, as by Pillow's `convert("RGB")`. */
export function dropAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  // One kind of array, whoever calls: the loop is then compiled for it alone.
  const from = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length);
  const data = new Uint8Array(from.length / 4 * 3);
  for (let i = 0, to = 0; i < from.length; i += 4, to += 3) {
    data[to] = from[i];
    data[to + 1] = from[i + 1];
    data[to + 2] = from[i + 2];
  }
  return data;
}

/** RGB out of grey values. */
export function greyToRgb(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let from = 0, to = 0; from < grey.length; from++) {
    data[to++] = grey[from];
    data[to++] = grey[from];
    data[to++] = grey[from];
  }
  return data;
}

/**
 * RGB out of pixels of `stride` bytes each, at once and without a copy between.
 * @param step bytes from red to green, and from green to blue; 0 for grey
 */
export function pickRgb(samples: Uint8Array, stride: number, step: number): Uint8Array {
  const data = new Uint8Array(samples.length / stride * 3);
  for (let from = 0, to = 0; to < data.length; from += stride, to += 3) {
    data[to] = samples[from];
    data[to + 1] = samples[from + step];
    data[to + 2] = samples[from + 2 * step];
  }
  return data;
}

/** One of every two values: the upper bytes of 16 bits. */
export function everyOther(values: Uint8Array, start: 0 | 1 = 0): Uint8Array {
  const out = new Uint8Array(values.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = values[2 * i + start];
  return out;
}

/** One byte a sample out of rows of packed samples, the leftmost in the highest bits. */
export function unpackBits(
  packed: Uint8Array,
  columns: number,
  rows: number,
  rowBytes: number,
  depth: number,
): Uint8Array {
  if (depth === 8 && rowBytes === columns) return packed;
  const out = new Uint8Array(columns * rows);
  const mask = 2 ** depth - 1;
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const bit = column * depth;
      const byte = packed[row * rowBytes + (bit >> 3)];
      out[to++] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return out;
}

/** Colours of a palette of RGB triples; black where it has none, as in Pillow. */
export function lookUp(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const data = new Uint8Array(indices.length * 3);
  for (let i = 0, to = 0; i < indices.length; i++) {
    const from = indices[i] * 3;
    data[to++] = palette[from] ?? 0;
    data[to++] = palette[from + 1] ?? 0;
    data[to++] = palette[from + 2] ?? 0;
  }
  return data;
}
