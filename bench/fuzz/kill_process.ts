/** Runs of the small pipeline in processes that die when they are told. */

const DRIVER = new URL("kill_driver.ts", import.meta.url).pathname;

/** @param last change to the disk, at which it dies; without, it does not */
export async function runUntil(
  store: string,
  last?: number,
): Promise<{ killed: boolean; changes: number }> {
  const { signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", DRIVER, store, ...(last === undefined ? [] : [`${last}`])],
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  if (signal === "SIGKILL") return { killed: true, changes: last! };
  const [status, changes] = new TextDecoder().decode(stdout).trim().split(" ");
  if (status !== "done") {
    throw new Error(`the run ends with ${signal ?? status}: ${new TextDecoder().decode(stderr)}`);
  }
  return { killed: false, changes: Number(changes) };
}

/** A whole store in the folder, and how many changes to the disk another one would take. */
export async function freshStore(folder: string): Promise<{ store: string; changes: number }> {
  const store = `${folder}/store`;
  await runUntil(store);
  const { changes } = await runUntil(`${folder}/counted`);
  return { store, changes };
}
