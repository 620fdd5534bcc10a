/**
 * The error to throw for `error`, met when writing to `path`: where the disk is full it names the
 * path, which the system's message does not, with `error` as its cause; any other error is returned
 * as it is. What to do about a full disk is said where errors are shown.
 */
export function nameUnwritten(error: unknown, path: string): unknown {
  const isFull = error instanceof Error && "code" in error &&
    (error.code === "ENOSPC" || error.code === "EDQUOT");
  return isFull ? new Error(`${path} could not be written`, { cause: error }) : error;
}
