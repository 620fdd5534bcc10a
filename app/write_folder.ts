/** Several files that belong together: all are there, or none that was there before is touched. */
import { dirname } from "node:path";

/**
 * Writes files to a folder, under names that appear when they are whole.
 * @throws {Error} before anything is written, where a file is there already and `force` is not given
 */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  force: boolean,
): Promise<WrittenFile[]> {
  const draft = await Deno.makeTempDir();
  try {
    await writeFiles(draft, files);
    return await moveInto(draft, folder, force);
  } finally {
    await Deno.remove(draft, { recursive: true });
  }
}

interface WrittenFile {
  path: string;
  bytes: number;
}

export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [name, bytes] of files) {
    await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/**
 * Puts a folder's files in another, under names that appear when they are whole.
 * @throws {Error} before anything is written, where a file is there already and `force` is not given
 */
export async function moveInto(
  from: string,
  folder: string,
  force: boolean,
): Promise<WrittenFile[]> {
  const names = (await Array.fromAsync(filesUnder(from))).sort();
  if (!force) await assertAbsent(folder, names);
  const files: WrittenFile[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.copyFile(`${from}/${name}`, `${path}.part`); // it may be another file system
    await Deno.rename(`${path}.part`, path);
    files.push({ path, bytes: (await Deno.stat(path)).size });
  }
  return files;
}

/** @throws {Error} naming the file that is there already */
export async function assertAbsent(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!await exists(`${folder}/${name}`)) continue;
    throw new Error(
      `${folder}/${name} is there already: choose another --out, or replace it with --force`,
    );
  }
}

async function* filesUnder(folder: string, below = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) yield* filesUnder(folder, `${below}${name}/`);
    else yield below + name;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
