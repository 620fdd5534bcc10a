/** The pipeline is declared or called wrongly; the message says where and what to do. */
export class PipelineError extends Error {
  override name = "PipelineError";
}

/** The store cannot be read or written; the message names the folder, the cause and the remedy. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** An error in words: its message, then its causes'. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `: ${messageOf(error.cause)}`;
  return (error.message || error.name) + cause;
}

/** Runs `action` on the store at `root` and puts what goes wrong in a user's words. */
export async function inStore<T>(root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : "";
    const problem = /os error (28|112|122)\b/.test(text)
      ? "its disk is full or its quota used up: free some space, or choose another store"
      : cause instanceof Deno.errors.PermissionDenied || /os error 30\b/.test(text)
      ? "it may not be written to: change its permissions, or choose another store"
      : cause instanceof Deno.errors.NotADirectory || cause instanceof Deno.errors.AlreadyExists
      ? "a file stands where a folder is needed: choose another store"
      : undefined;
    if (!problem || cause instanceof StoreError) throw cause;
    throw new StoreError(`cannot use the store ${root}: ${problem} (${text})`);
  }
}
