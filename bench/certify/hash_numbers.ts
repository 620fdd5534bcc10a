/** The numbers of tests/reference/numbers_from_hash.py, so that fixtures need not store inputs and weights. */

/** `count` values in [-1, 1), each exact in float32. */
export function hashUniform(stream: number, count: number): Float64Array {
  const values = new Float64Array(count);
  const offset = Math.imul(stream, 0x9E3779B1);
  for (let i = 0; i < count; i++) {
    let x = (i + offset) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7FEB352D);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846CA68B);
    x ^= x >>> 16;
    values[i] = (x >>> 8) / 2 ** 23 - 1;
  }
  return values;
}

export function hashTensor(
  stream: number,
  shape: number[],
  scale: number,
  offset = 0,
): Float32Array<ArrayBuffer> {
  const values = hashUniform(stream, shape.reduce((a, b) => a * b, 1));
  const tensor = new Float32Array(values.length);
  for (let i = 0; i < tensor.length; i++) tensor[i] = offset + scale * values[i];
  return tensor;
}
