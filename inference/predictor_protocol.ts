/**
 * How a predicting process is spoken to: a request is a count of crops (uint32) and their bytes; an
 * answer is three uint32, for photos, logits and features, and then float32 of each photo's logits
 * and features. All in the machine's byte order: both ends are on one machine.
 */
import type { Output } from "./predictor.ts";

export function encodeRequest(crops: readonly Uint8Array[]): Uint8Array {
  return joined([new Uint8Array(Uint32Array.of(crops.length).buffer), ...crops]);
}

export function encodeOutputs(answers: Output[]): Uint8Array {
  const [{ logits, features }] = answers;
  const values = new Float32Array(answers.length * (logits.length + features.length));
  let at = 0;
  for (const { logits, features } of answers) {
    values.set(logits, at);
    values.set(features, at += logits.length);
    at += features.length;
  }
  const head = Uint32Array.of(answers.length, logits.length, features.length);
  return joined([new Uint8Array(head.buffer), new Uint8Array(values.buffer)]);
}

/** Undefined when the other side has ended before a next request. */
export async function readRequest(
  input: ByteReader,
  cropBytes: number,
): Promise<Uint8Array[] | undefined> {
  const head = await input.read(4);
  if (!head) return undefined;
  const crops: Uint8Array[] = [];
  for (let left = new Uint32Array(head.buffer)[0]; left > 0; left--) {
    const crop = await input.read(cropBytes);
    if (!crop) return undefined;
    crops.push(crop);
  }
  return crops;
}

/** Undefined when the process has ended. */
export async function readOutputs(input: ByteReader): Promise<Output[] | undefined> {
  const head = await input.read(12);
  if (!head) return undefined;
  const [count, logits, features] = new Uint32Array(head.buffer);
  const each = logits + features;
  const bytes = await input.read(4 * count * each);
  if (!bytes) return undefined;
  const values = new Float32Array(bytes.buffer);
  return Array.from({ length: count }, (_, i) => ({
    logits: Array.from(values.subarray(i * each, i * each + logits)),
    features: values.slice(i * each + logits, (i + 1) * each),
  }));
}

/** Takes exact amounts out of a stream. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Bytes in a buffer of their own; undefined where the stream ends before. */
  async read(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#reader.read();
        if (done) return undefined;
        this.#rest = value as Uint8Array<ArrayBuffer>;
      }
      const part = this.#rest.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
