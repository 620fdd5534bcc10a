/**
 * The error to throw for `error`, met when writing to `path`: where the disk is full it says so and
 * names the path, which the system's message does not; any other error is returned as it is.
 */
export function explainDiskFull(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) return error;
  return new Error(`The disk is full: ${path} could not be written. Free space and run it again`);
}
