import { remedyFor } from "../../pipeline/process/disk_full.ts";

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What a person reads: the message, and with `verbose` where it came from. */
export function describeError(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (verbose && error.stack) return error.stack;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message + cause + remedyFor(error);
}
