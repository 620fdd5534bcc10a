/** A process that dies in the middle of a change to the disk. */

const CHANGES = ["mkdirSync", "makeTempDirSync", "renameSync", "removeSync", "chmodSync"] as const;
const WRITES = ["writeTextFileSync", "writeTextFile"] as const;

/**
 * Counts this process's changes to the disk from now on, and kills it at the `last`; of a write,
 * after half of it.
 * @returns how many there were
 */
export function countChanges(last: number): () => number {
  let changes = 0;
  const isLast = () => ++changes === last;
  const die = () => Deno.kill(Deno.pid, "SIGKILL");
  // deno-lint-ignore no-explicit-any -- functions of any kind are wrapped alike
  const wrap = (owner: any, name: string, half?: (args: any[]) => any[]) => {
    const original = owner[name];
    // deno-lint-ignore no-explicit-any
    owner[name] = function (this: unknown, ...args: any[]) {
      if (isLast()) {
        if (half) original.apply(this, half(args));
        die();
      }
      return original.apply(this, args);
    };
  };
  for (const name of CHANGES) wrap(Deno, name);
  for (const name of WRITES) {
    wrap(Deno, name, ([path, text]) => [path, text.slice(0, text.length / 2)]);
  }
  wrap(Deno.FsFile.prototype, "writeSync", ([bytes]) => [bytes.subarray(0, bytes.length / 2)]);
  for (const name of ["syncSync", "sync", "close"]) wrap(Deno.FsFile.prototype, name);
  return () => changes;
}
