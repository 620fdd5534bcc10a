/** SHA-256 of files, and the pins that they are compared with. */
import { createHash } from "node:crypto";

const CHUNK = 1 << 20;

/**
 * The SHA-256 of a file as 64 lower-case hex digits, at constant memory.
 *
 * @throws {Deno.errors.NotFound} where there is no such file
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK);
  for (let n = await file.read(chunk); n !== null; n = await file.read(chunk)) {
    signal?.throwIfAborted();
    hash.update(chunk.subarray(0, n));
  }
  return hash.digest("hex");
}

/**
 * The SHA-256 that a file must have: all 64 hex digits, or the first 8 or more as in
 * `resnet18-f37072fd.pth` (torch.hub's convention, see `torch/hub.py`, `HASH_REGEX`); a list where
 * each of several files will do.
 */
export type Pin = string | readonly string[];

/**
 * Whether `actual` is a digest that `pin` stands for.
 *
 * @throws {TypeError} where the pin is no pin
 */
export function digestMatches(pin: Pin, actual: string): boolean {
  return [pin].flat().some((digits) => {
    if (/^[0-9a-f]{8,64}$/.test(digits)) return actual.startsWith(digits);
    throw new TypeError(`"${digits}" pins nothing: a SHA-256 pin is 8 to 64 lower-case hex digits`);
  });
}

/** A pin for a message. */
export function formatPin(pin: Pin): string {
  return [pin].flat().join(" or ");
}
