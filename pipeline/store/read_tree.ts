/** Reads folders' content, and compares it with what it should be. */
import { hashFile } from "../digest.ts";
import type { FileEntry, Tree } from "../tree.ts";
import { statOrNull } from "./folder.ts";

/** Files of a folder at any depth, and folders that hold nothing, sorted by code unit. */
export function walk(root: string): { files: string[]; emptyFolders: string[]; others: string[] } {
  const found = { files: [] as string[], emptyFolders: [] as string[], others: [] as string[] };
  const folders = [""];
  for (let folder; (folder = folders.pop()) !== undefined;) {
    const entries = [...Deno.readDirSync(`${root}/${folder}`)];
    if (entries.length === 0 && folder) found.emptyFolders.push(folder.slice(0, -1));
    for (const entry of entries) {
      const path = folder + entry.name;
      if (entry.isDirectory) folders.push(`${path}/`);
      else if (entry.isFile) found.files.push(path);
      else found.others.push(path);
    }
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

/**
 * Reads and hashes a step's output folder; `sync` also has the disk hold it for good.
 *
 * @param linked folders in it where links to files may lie
 * @throws {Error} for other links and devices: an artifact must not depend on what lies outside of it
 */
export async function readTree(
  root: string,
  { sync = false, linked = [] }: { sync?: boolean; linked?: readonly string[] } = {},
): Promise<Tree> {
  const { files, emptyFolders, others } = walk(root);
  const mayBe = (path: string) =>
    linked.some((folder) => path.startsWith(`${folder}/`)) &&
    statOrNull(`${root}/${path}`)?.isFile;
  const wrong = others.find((path) => !mayBe(path));
  if (wrong !== undefined) {
    throw new Error(
      `${wrong} is a link or a device: an artifact holds only files and folders, so copy what it ` +
        "points to",
    );
  }
  const entries = await mapInParallel(
    others.length > 0 ? [...files, ...others].sort() : files,
    async (path) => ({ path, ...await hashFile(`${root}/${path}`, { sync }) }),
  );
  return { files: entries, emptyFolders };
}

/** Disks take many requests to hold something for good at once in the time that they take for one. */
const AT_ONCE = 64;

export async function mapInParallel<A, B>(
  items: readonly A[],
  f: (item: A) => Promise<B>,
): Promise<B[]> {
  const results = new Array<B>(items.length);
  const rest = items.entries();
  const worker = async () => {
    for (const [i, item] of rest) results[i] = await f(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** What is wrong with a folder that should hold `tree`, judged by names and sizes alone. */
export function findDamage(root: string, tree: Tree): string | undefined {
  for (const { path, size } of tree.files) {
    const info = statOrNull(`${root}/${path}`);
    if (!info?.isFile) return `${path} is missing`;
    if (info.size !== size) return `${path} has ${info.size} bytes instead of ${size}`;
  }
  const missing = tree.emptyFolders.find((path) => !statOrNull(`${root}/${path}`)?.isDirectory);
  return missing && `${missing} is missing`;
}

/** As `findDamage`, but by content: also flipped bits and files that do not belong there. */
export async function findDamageByContent(root: string, tree: Tree): Promise<string | undefined> {
  const damage = findDamage(root, tree) ?? await findOtherContent(root, tree.files);
  if (damage) return damage;
  const { files, others } = walk(root);
  const known = new Set(tree.files.map(({ path }) => path));
  const stranger = [...files, ...others].find((path) => !known.has(path));
  return stranger && `${stranger} does not belong there`;
}

/**
 * As `findDamageByContent`, but of some files alone, and of those in the folders that are named.
 *
 * @param names of files and folders, some of which `tree` may not have
 */
export async function findDamageOf(
  root: string,
  tree: Tree,
  names: readonly string[],
): Promise<string | undefined> {
  const isNamed = (path: string) =>
    names.some((name) => path === name || path.startsWith(`${name}/`));
  const files = tree.files.filter(({ path }) => isNamed(path));
  return findDamage(root, { files, emptyFolders: [] }) ?? await findOtherContent(root, files);
}

async function findOtherContent(
  root: string,
  files: readonly FileEntry[],
): Promise<string | undefined> {
  for (const { path, sha256 } of files) {
    if ((await hashFile(`${root}/${path}`)).sha256 !== sha256) return `${path} has other content`;
  }
}
