/** A dead worker's last words, left in shared memory where the main thread looks. */

/** A flag, the text's length, and the text in UTF-8; no kernel touches these bytes. */
const FLAG = 3072;
const LENGTH = 3076;
const TEXT = 3080;
const TEXT_BYTES = 512;

export function reportFailure(memory: WebAssembly.Memory, message: string): void {
  const text = new TextEncoder().encode(message).subarray(0, TEXT_BYTES);
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  bytes.set(text, TEXT);
  words[LENGTH / 4] = text.length;
  Atomics.store(words, FLAG / 4, 1);
}

/** What the first worker that died said, or undefined while all are well; `words` is the memory. */
export function readFailure(words: Int32Array): string | undefined {
  if (Atomics.load(words, FLAG / 4) === 0) return undefined;
  // A TextDecoder refuses shared memory, hence the copy.
  const text = new Uint8Array(words.buffer).slice(TEXT, TEXT + words[LENGTH / 4]);
  return new TextDecoder().decode(text);
}
