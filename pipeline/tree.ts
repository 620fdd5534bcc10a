/** A folder's content as a list: what an artifact is. */
import { digestOf } from "./digest.ts";

export interface FileEntry {
  /** Relative, with forward slashes. */
  path: string;
  size: number;
  sha256: string;
}

export interface Tree {
  files: FileEntry[];
  /** Folders that hold files are implied by them. */
  emptyFolders: string[];
}

/** Equal for equal content, wherever and whenever it was written. */
export const digestOfTree = (tree: Tree): string =>
  digestOf([tree.files.map(({ path, sha256 }) => [path, sha256]), tree.emptyFolders]);

/** The tree without these files, and without what lies in these folders. */
export function without({ files, emptyFolders }: Tree, names: readonly string[]): Tree {
  const stays = (path: string) => !names.some((name) => isWithin(path, name));
  return {
    files: files.filter(({ path }) => stays(path)),
    emptyFolders: emptyFolders.filter(stays),
  };
}

/** The tree of these files and of what lies in these folders. */
export function only({ files, emptyFolders }: Tree, names: readonly string[]): Tree {
  const stays = (path: string) => names.some((name) => isWithin(path, name));
  return {
    files: files.filter(({ path }) => stays(path)),
    emptyFolders: emptyFolders.filter(stays),
  };
}

const isWithin = (path: string, name: string) => path === name || path.startsWith(`${name}/`);

/** Declared outputs that are not there. */
export function missingOutputs(tree: Tree, outputs: readonly string[]): string[] {
  const paths = [...tree.files.map(({ path }) => path), ...tree.emptyFolders];
  return outputs.map((output) => output.replace(/\/$/, "")).filter((output) =>
    !paths.some((path) => isWithin(path, output))
  );
}
