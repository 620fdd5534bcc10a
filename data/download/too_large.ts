/** A sender that never stops must not fill the disk. */
import { WrongContentError } from "./errors.ts";

/** Of one file, unless more is allowed: 20 GB. */
export const MOST_BYTES = 20e9;

/**
 * @param what as it may be shown
 * @param total what the sender said, where it said anything
 */
export function tooLarge(what: string, most: number, total?: number): Error {
  return new WrongContentError(
    `${what} ${total === undefined ? "sends more than" : `has ${inUnits(total)}, not`} ` +
      `the ${
        inUnits(most)
      } that one file may have at most: nothing of it was kept. If it is what ` +
      "you want, and the disk has room for it, allow more by --max-download, such as " +
      `--max-download ${inUnits(2 * Math.max(most, total ?? 0)).replace(" ", "")}`,
  );
}

/** Such as 1.5 GB. */
function inUnits(bytes: number): string {
  const [unit, size] = ([["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const)
    .find(([, size]) => bytes >= size) ?? ["B", 1];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
