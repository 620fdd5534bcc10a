import { UsageError } from "./errors.ts";

/** A sweep over more values than this is a slip of the finger. */
const MOST = 10_000;

/**
 * The values of `1e-3,1e-2` or `0..4,9`, each once; a range has both its ends.
 *
 * @throws {UsageError} for a range that runs down or is too long
 */
export function listOf(text: string): string[] {
  const values = text.split(",").flatMap((part) => {
    const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(part) ?? [];
    if (first === undefined) return [part];
    const count = Number(last) - Number(first) + 1;
    if (count < 1 || count > MOST) {
      throw new UsageError(`${part} takes a last number after the first, and at most ${MOST}`);
    }
    return Array.from({ length: count }, (_, i) => `${Number(first) + i}`);
  });
  return [...new Set(values)];
}
