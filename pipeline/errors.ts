import { DISK_FULL, isDiskFull } from "./process/disk_full.ts";

/** The pipeline is declared or called wrongly; the message says where and what to do. */
export class PipelineError extends Error {
  override name = "PipelineError";
}

/** The store cannot be read or written; the message names the folder, the cause and the remedy. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** An artifact is not what was published; the message says which, and what is wrong with it. */
export class DamageError extends StoreError {
  override name = "DamageError";

  /** @param damage the file and what is wrong with it, as stores say it */
  constructor(step: string, damage: string, folder?: string) {
    super(`the artifact of ${step} is damaged: ${folder ? `${folder}/` : ""}${damage}`);
  }
}

/** An error in words: its message, then its causes'. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `: ${messageOf(error.cause)}`;
  return (error.message || error.name) + cause;
}

const FULL = `its ${DISK_FULL}, or choose another store`;
const READ_ONLY = "it may not be written to: change its permissions, or choose another store";
const IN_THE_WAY = "a file stands where a folder is needed: choose another store";

/** By the operating system's name for them. */
const PROBLEMS: Record<string, string> = {
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EROFS: READ_ONLY,
  EEXIST: IN_THE_WAY,
  ENOTDIR: IN_THE_WAY,
};

/** Runs `action` on the store at `root` and puts what goes wrong in a user's words. */
export async function inStore<T>(root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const problem = isDiskFull(cause) ? FULL : PROBLEMS[(cause as { code?: string }).code ?? ""];
    if (!problem) throw cause;
    throw new StoreError(`cannot use the store ${root}: ${problem} (${messageOf(cause)})`);
  }
}
