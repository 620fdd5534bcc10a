/** Flips and cuts in every kind of file that a store has, then the commands. */
import type { Kind } from "./kind.ts";
import { temporaryFolder } from "./kind.ts";
import { freshStore } from "./kill_process.ts";
import { mutate } from "./mutate.ts";
import { pick } from "./random.ts";
import { Reading } from "./reading.ts";
import type { StoreCase } from "./store_checks.ts";

const LIMITS = { seconds: 30, memory: 1024 * 2 ** 20 };

export const storeDamage: Kind = {
  name: "store",
  share: 3,
  async prepare() {
    const folder = temporaryFolder();
    const { store: whole } = await freshStore(folder.path);
    const bases = [whole, interruptedOf(whole, folder.path)].map((base) => ({
      base,
      byKind: Map.groupBy(filesOf(base), (path) => path.split("/")[0]),
    }));
    const reading = new Reading(LIMITS);
    return {
      async run(random) {
        const store = `${folder.path}/damaged`;
        const { base, byKind } = pick(random, bases);
        copyFolder(base, store);
        const path = pick(random, byKind.get(pick(random, [...byKind.keys()]))!);
        const bytes = Deno.readFileSync(`${base}/${path}`);
        const removed = random() < 0.1;
        const mutant = mutate(bytes, random, bytes);
        const damage = {
          path,
          keepTime: random() < 0.5,
          ...(!removed && { bytes: mutant.bytes.toBase64() }),
        };
        const request: StoreCase = { store, damage, interrupted: base !== whole };
        const what = `${path} (${removed ? "removed" : mutant.how})`;
        try {
          return await reading.ask("store", request, what);
        } finally {
          Deno.removeSync(store, { recursive: true });
        }
      },
      async [Symbol.asyncDispose]() {
        await reading[Symbol.asyncDispose]();
        folder[Symbol.dispose]();
      },
    };
  },
};

/** A store in which the last two steps have yet to run; the first of them has its checkpoints. */
function interruptedOf(whole: string, folder: string): string {
  const store = `${folder}/interrupted`;
  copyFolder(whole, store);
  for (const place of ["entries/counts", "entries/d", "artifacts/counts", "artifacts/d"]) {
    Deno.removeSync(`${store}/${place}`, { recursive: true });
  }
  return store;
}

/** Relative paths, sorted, so that a seed means the same file; names of runs differ. */
function filesOf(root: string, folder = ""): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(root, `${folder}${name}/`) : [`${folder}${name}`]
  ).sort();
}

/** With the times of its files, by which caches go. */
function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) copyFolder(source, target);
    else {
      Deno.copyFileSync(source, target);
      const { atime, mtime } = Deno.statSync(source);
      Deno.utimeSync(target, atime!, mtime!);
    }
  }
}
