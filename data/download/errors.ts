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
