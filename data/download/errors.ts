/** A source that does not answer, as opposed to one that answers wrongly: another may be tried. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** What arrived is not what was expected. Never a reason to try another source. */
export class WrongContentError extends Error {
  override name = "WrongContentError";
}

/** An archive that is damaged, or that no honest tool would have made. */
export class ZipError extends Error {
  override name = "ZipError";
}
