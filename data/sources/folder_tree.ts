import { hasImageExtension } from "../image_folder.ts";
import { isLitter } from "../litter.ts";

/** A folder with all that lies below it. */
export interface FolderTree {
  name: string;
  /** From the root, ending in `/`; empty for the root. */
  path: string;
  folders: Map<string, FolderTree>;
  /** Paths of all files below, relative to this folder. */
  files: string[];
  /** How many photos lie in the folder itself. */
  photos: number;
  /** How many photos lie in it and below. */
  deepPhotos: number;
}

/** Builds the tree of paths (with `/`; folders end in it), without hidden files and litter. */
export function folderTree(paths: readonly string[]): FolderTree {
  const root = emptyFolder("", "");
  for (const path of paths) {
    const parts = path.split("/");
    const file = parts.pop()!;
    if ([...parts, file].some(isLitter)) continue;
    let folder = root;
    const above = [root];
    for (const name of parts) {
      let next = folder.folders.get(name);
      if (!next) folder.folders.set(name, next = emptyFolder(name, `${folder.path}${name}/`));
      above.push(folder = next);
    }
    if (file === "") continue;
    const photo = hasImageExtension(file);
    if (photo) folder.photos++;
    for (const one of above) {
      one.files.push(path.slice(one.path.length));
      if (photo) one.deepPhotos++;
    }
  }
  return root;
}

function emptyFolder(name: string, path: string): FolderTree {
  return { name, path, folders: new Map(), files: [], photos: 0, deepPhotos: 0 };
}
