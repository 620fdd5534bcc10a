/** Whether a server can listen where it was asked to. */

/**
 * Before a model is loaded for nothing.
 * @param task which is asked to listen there
 * @throws {Error} saying what to do
 */
export function checkPort(hostname: string, port: number, task: string): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `port ${port} of ${hostname} is taken by another program, perhaps another \`deno task ` +
          `${task}\`: end that, or choose one with --port (0 takes any that is free)`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Error(`port ${port} is not open to this user: choose one above 1023 with --port`);
    }
    throw new Error(
      `cannot listen to ${hostname}: ${
        (error as Error).message
      }. --host takes an address of this ` +
        "computer, such as 127.0.0.1, or 0.0.0.0 for all",
    );
  }
}
