/** What a full disk is called everywhere, and what to do about it. */
export const DISK_FULL = "disk is full: free some space";

/** The operating system's names for a full disk, and for a user's full share of one. */
const CODES = ["ENOSPC", "EDQUOT"];

/** Whether a full disk is at the root of an error. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return CODES.includes((error as { code?: string }).code ?? "") || isDiskFull(error.cause);
}

/** What to add to an error's message, because the operating system's words do not say it. */
export const remedyFor = (error: unknown): string =>
  isDiskFull(error) ? `: the ${DISK_FULL}, and run again` : "";
