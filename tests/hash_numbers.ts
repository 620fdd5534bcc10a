/** The numbers of tests/reference/numbers_from_hash.py, so that fixtures need not store inputs and weights. */

/** `count` values in [-1, 1), each exact in float32. */
export function hashUniform(stream: number, count: number): Float64Array {
  const offset = Math.imul(stream, 0x9E3779B1);
  return Float64Array.from({ length: count }, (_, i) => {
    let x = (i + offset) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7FEB352D);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846CA68B);
    x ^= x >>> 16;
    return (x >>> 8) / 2 ** 23 - 1;
  });
}

export function hashTensor(stream: number, shape: number[], scale: number, offset = 0) {
  const values = hashUniform(stream, shape.reduce((a, b) => a * b, 1));
  return Float32Array.from(values, (value) => offset + scale * value);
}
