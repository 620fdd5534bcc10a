/** A dead worker's last words, left in shared memory where the main thread looks. */
import { FAILURE_FLAG, FAILURE_LENGTH, FAILURE_TEXT, FAILURE_TEXT_BYTES } from "./generated_abi.ts";

export function reportFailure(memory: WebAssembly.Memory, message: string): void {
  const text = new TextEncoder().encode(message).subarray(0, FAILURE_TEXT_BYTES);
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  bytes.set(text, FAILURE_TEXT);
  words[FAILURE_LENGTH / 4] = text.length;
  Atomics.store(words, FAILURE_FLAG / 4, 1);
}

/** What the first worker that died said, or undefined while all are well; `words` is the memory. */
export function readFailure(words: Int32Array): string | undefined {
  if (Atomics.load(words, FAILURE_FLAG / 4) === 0) return undefined;
  // A TextDecoder refuses shared memory, hence the copy.
  const text = new Uint8Array(words.buffer).slice(
    FAILURE_TEXT,
    FAILURE_TEXT + words[FAILURE_LENGTH / 4],
  );
  return new TextDecoder().decode(text);
}
