/** A source that does not answer, as opposed to one that answers wrongly: another may be tried. */
export class UnavailableError extends Error {
  override name = "UnavailableError";

  /** @param options `transient`: it may answer a moment later */
  constructor(message: string, { transient = false } = {}) {
    super(message);
    this.transient = transient;
  }

  /** Asked by whoever tries again: a pipeline's steps. */
  readonly transient: boolean;
}

/** A file of which the network broke off the end, more than once. */
export class BrokenOffError extends Error {
  override name = "BrokenOffError";
  readonly transient = true;
}

/** What arrived is not what was expected. Never a reason to try another source. */
export class WrongContentError extends Error {
  override name = "WrongContentError";
}

/** An archive that is damaged, or that no honest tool would have made. */
export class ZipError extends Error {
  override name = "ZipError";
}

/** Of one file, unless more is allowed: a sender that never stops must not fill the disk. 20 GB. */
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
