/**
 * What tells photos of none of the classes, inside a file of weights: in its metadata, since a tensor
 * more would keep others from loading the file strictly.
 */
import * as v from "valibot";
import { WeightsError } from "../weights/tensor.ts";
import type { Postprocessing } from "./postprocessing.ts";

type OutOfDistribution = Postprocessing["outOfDistribution"];

/** The key in the metadata. */
const KEY = "graft_familiar";

const MOST_FEATURES = 1 << 16;

const familiarSchema = v.object({
  /** As `outOfDistribution.threshold`. */
  threshold: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
  /** Features of a photo. */
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_FEATURES)),
  /** float32, little-endian, [photos, size], as base64: bit for bit what evaluation compares with. */
  features: v.string(),
});

/** Metadata that `parseFamiliar` reads; none where there is nothing to tell by. */
export function familiarMetadata(familiar: OutOfDistribution): Record<string, string> {
  if (!familiar) return {};
  const { references: { data, size }, threshold } = familiar;
  const bytes = new DataView(new ArrayBuffer(4 * data.length));
  data.forEach((value, i) => bytes.setFloat32(4 * i, value, true));
  const features = new Uint8Array(bytes.buffer).toBase64();
  return { [KEY]: JSON.stringify({ threshold, size, features }) };
}

/**
 * What `familiarMetadata` wrote; undefined where there is none.
 *
 * @param size how many features the model's last layer reads
 * @param what names the file in messages
 * @throws {WeightsError} where it is damaged, or of another model
 */
export function parseFamiliar(
  metadata: Readonly<Record<string, string>>,
  size: number,
  what: string,
): OutOfDistribution {
  if (!Object.hasOwn(metadata, KEY)) return undefined;
  let bytes: Uint8Array;
  let parsed: v.InferOutput<typeof familiarSchema>;
  try {
    parsed = v.parse(familiarSchema, JSON.parse(metadata[KEY]));
    bytes = Uint8Array.fromBase64(parsed.features);
  } catch (error) {
    throw wrong(what, (error as Error).message);
  }
  if (parsed.size !== size) {
    throw wrong(what, `its photos have ${parsed.size} features, but the model reads ${size}`);
  }
  if (bytes.length === 0 || bytes.length % (4 * size) !== 0) {
    throw wrong(what, `its ${bytes.length} bytes are no rows of ${size} features`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = Float32Array.from(
    { length: bytes.length / 4 },
    (_, i) => view.getFloat32(4 * i, true),
  );
  if (!data.every(Number.isFinite)) throw wrong(what, "a feature is no number");
  return { references: { data, size }, threshold: parsed.threshold };
}

function wrong(what: string, why: string): WeightsError {
  return new WeightsError(
    `${what}: what it has to tell photos of none of the classes ("${KEY}" in its metadata) is ` +
      `wrong: ${why}. Export the model again`,
  );
}
