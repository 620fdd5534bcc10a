/**
 * Numbers of 16 bits, each the nearest.
 *
 * @param name of the parameter, for messages
 * @throws {RangeError} where one is beyond what 16 bits can hold
 */
export function halvesOf(name: string, floats: Float32Array): Float16Array<ArrayBuffer> {
  const halves = new Float16Array(floats);
  const index = halves.findIndex((half, i) => !Number.isFinite(half) && Number.isFinite(floats[i]));
  if (index < 0) return halves;
  throw new RangeError(
    `${name} has ${floats[index]}, which is beyond what float16 can be: export the model with ` +
      "--precision float32",
  );
}
