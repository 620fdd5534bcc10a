/**
 * How a predicting process is spoken to: a request is a count of crops (uint32) and their bytes; an
 * answer is three uint32, for photos, logits and features, and then float32 of each photo's logits
 * and features. All in the machine's byte order: both ends are on one machine.
 */
import { type PipeReader, uint32Bytes } from "../data/pipe_reader.ts";
import type { Precision } from "../backend/precision.ts";
import type { ModelSource } from "./open_model.ts";
import type { Output } from "./predictor.ts";

/** What such a process is told as it starts, as JSON. */
export interface PredictorRequest {
  source: ModelSource;
  precision?: Precision;
}

export function encodeRequest(crops: readonly Uint8Array[]): Uint8Array[] {
  return [uint32Bytes(crops.length), ...crops];
}

export function encodeOutputs(answers: Output[]): Uint8Array[] {
  const [{ logits, features }] = answers;
  const values = new Float32Array(answers.length * (logits.length + features.length));
  let at = 0;
  for (const { logits, features } of answers) {
    values.set(logits, at);
    values.set(features, at += logits.length);
    at += features.length;
  }
  const head = uint32Bytes(answers.length, logits.length, features.length);
  return [head, new Uint8Array(values.buffer)];
}

/** Undefined when the other side has ended before a next request. */
export async function readRequest(
  input: PipeReader,
  cropBytes: number,
): Promise<Uint8Array[] | undefined> {
  const head = await input.readUint32s(1);
  if (!head) return undefined;
  const crops: Uint8Array[] = [];
  for (let [left] = head; left > 0; left--) {
    const crop = await input.read(cropBytes);
    if (!crop) return undefined;
    crops.push(crop);
  }
  return crops;
}

/** Undefined when the process has ended. */
export async function readOutputs(input: PipeReader): Promise<Output[] | undefined> {
  const head = await input.readUint32s(3);
  if (!head) return undefined;
  const [count, logits, features] = head;
  const each = logits + features;
  const bytes = await input.read(4 * count * each);
  if (!bytes) return undefined;
  const values = new Float32Array(bytes.buffer);
  return Array.from({ length: count }, (_, i) => ({
    logits: Array.from(values.subarray(i * each, i * each + logits)),
    features: values.slice(i * each + logits, (i + 1) * each),
  }));
}
