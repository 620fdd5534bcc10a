/**
 * Batch norms that are part of the convolutions before them, in a file that tells so in its metadata:
 * they are read back as norms that add their bias and change nothing else.
 */
import * as v from "valibot";
import { type Tensor, WeightsError } from "./tensor.ts";

/** The key in the metadata. */
const KEY = "graft_folded";

/** More than any network has. */
const MOST_NORMS = 10_000;

/** Each norm's name, and what it adds to a variance. */
const foldedSchema = v.pipe(
  v.record(v.string(), v.pipe(v.number(), v.minValue(0), v.ltValue(1))),
  v.maxEntries(MOST_NORMS),
);

/** Metadata that `withUnitNorms` reads; none where nothing was folded. */
export function foldedMetadata(
  folds: readonly { norm: string; epsilon: number }[],
): Record<string, string> {
  if (folds.length === 0) return {};
  return { [KEY]: JSON.stringify(Object.fromEntries(folds.map((f) => [f.norm, f.epsilon]))) };
}

/**
 * The tensors, and those parts of folded norms that the file lacks.
 * @throws {WeightsError} where what it says of its norms is damaged
 */
export function withUnitNorms(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Map<string, Tensor> {
  const all = new Map(tensors);
  if (!isFolded(metadata)) return all;
  for (const [norm, epsilon] of Object.entries(parse(metadata[KEY]))) {
    const bias = tensors.get(`${norm}.bias`);
    if (!bias) continue; // what is missing, the model will say
    const filled = (value: number): Tensor => ({
      dtype: "float32",
      shape: [...bias.shape],
      data: new Float32Array(bias.data.length).fill(value),
    });
    all.set(`${norm}.weight`, filled(1));
    all.set(`${norm}.running_mean`, filled(0));
    all.set(`${norm}.running_var`, filled(1 - epsilon));
  }
  return all;
}

/**
 * @param file names it in messages
 * @throws {WeightsError} where norms are folded: what training would normalise by is not there any more
 */
export function assertUnfolded(metadata: Readonly<Record<string, string>>, file: string): void {
  if (!isFolded(metadata)) return;
  throw new WeightsError(
    `${file} answers, but training cannot start from it: its batch norms are part of its ` +
      "convolutions, as in all files of --precision float16 and int8. Start from one of float32: " +
      "`deno task export --format safetensors`",
  );
}

const isFolded = (metadata: Readonly<Record<string, string>>) => Object.hasOwn(metadata, KEY);

function parse(text: string): Record<string, number> {
  try {
    return v.parse(foldedSchema, JSON.parse(text));
  } catch (error) {
    throw new WeightsError(
      `what it says of its batch norms ("${KEY}" in its metadata) is wrong: ` +
        `${(error as Error).message}. Export the model again`,
    );
  }
}
