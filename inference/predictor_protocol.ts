/**
 * How a predicting process is spoken to: a request is what a cropping process answers to a batch of
 * photos; an answer is three uint32, for photos, logits and features, a uint32 for each photo with the
 * bytes of its refusal (0 where there is none), float32 of the logits and features of each that was not
 * refused, and the refusals. All in the machine's byte order: both ends are on one machine.
 */
import { encodeCropResponse } from "../data/crop_protocol.ts";
import { type PipeReader, uint32Bytes } from "../data/pipe_reader.ts";
import type { Precision } from "../backend/precision.ts";
import type { ModelSource } from "./open_model.ts";
import type { PhotoOutput } from "./predictor.ts";

/** What such a process is told as it starts, as JSON. */
export interface PredictorRequest {
  source: ModelSource;
  precision?: Precision;
}

/** As a cropping process writes them. */
export function encodeRequest(crops: readonly Uint8Array[]): Uint8Array[] {
  return crops.flatMap((crop, i) => encodeCropResponse({ crop }, crops.length - 1 - i));
}

export function encodeOutputs(answers: readonly PhotoOutput[]): Uint8Array[] {
  const outputs = answers.filter((answer) => "logits" in answer);
  const refusals = answers.map((answer) =>
    new TextEncoder().encode("refusal" in answer ? answer.refusal : "")
  );
  const [logits, features] = [outputs[0]?.logits.length ?? 0, outputs[0]?.features.length ?? 0];
  const values = new Float32Array(outputs.length * (logits + features));
  let at = 0;
  for (const { logits, features } of outputs) {
    values.set(logits, at);
    values.set(features, at += logits.length);
    at += features.length;
  }
  const head = uint32Bytes(
    answers.length,
    logits,
    features,
    ...refusals.map(({ length }) => length),
  );
  return [head, new Uint8Array(values.buffer), ...refusals];
}

/** Undefined when the process has ended. */
export async function readOutputs(input: PipeReader): Promise<PhotoOutput[] | undefined> {
  const head = await input.readUint32s(3);
  if (!head) return undefined;
  const [count, logits, features] = head;
  const refused = await input.readUint32s(count);
  if (!refused) return undefined;
  const each = logits + features;
  const bytes = await input.read(4 * each * refused.filter((length) => length === 0).length);
  if (!bytes) return undefined;
  const values = new Float32Array(bytes.buffer);
  const answers: PhotoOutput[] = [];
  let at = 0;
  for (const length of refused) {
    if (length > 0) {
      const text = await input.read(length);
      if (!text) return undefined;
      answers.push({ refusal: new TextDecoder().decode(text) });
      continue;
    }
    answers.push({
      logits: Array.from(values.subarray(at, at + logits)),
      features: values.slice(at + logits, at + each),
    });
    at += each;
  }
  return answers;
}
