/**
 * torchvision's ImageFolder: one folder a class, photos below it at any depth.
 * Matches `find_classes` and `make_dataset` of torchvision/datasets/folder.py.
 */

/** The extensions that torchvision takes for photos, in any case. */
const IMG_EXTENSIONS: readonly string[] = [
  ".jpg",
  ".jpeg",
  ".png",
  ".ppm",
  ".bmp",
  ".pgm",
  ".tif",
  ".tiff",
  ".webp",
];

/** Those of phones, which torchvision passes over, and whoever took the photos does not. */
const PHONES_EXTENSIONS: readonly string[] = [".heic", ".heif", ".avif"];

/** All that are taken here. */
export const PHOTO_EXTENSIONS: readonly string[] = [...IMG_EXTENSIONS, ...PHONES_EXTENSIONS];

/** A photo and its class. */
export interface Sample {
  /** Relative to the root, with `/`. */
  path: string;
  /** Index of its class. */
  label: number;
}

/** What a folder of class folders holds. */
export interface ImageFolder {
  /** Names of the class folders by code point; a photo's label is an index into them. */
  classes: string[];
  /** Class by class; within a class by folder, then by name, each by code point. */
  samples: Sample[];
  /** Other files in the class folders, which are passed over; relative, with `/`. */
  ignored: string[];
}

/**
 * Lists the photos below `root` in ImageFolder's order. Symbolic links are followed.
 * @throws {Error} when the folder or one below it cannot be read, or there is no class folder.
 */
export async function listImageFolder(root: string): Promise<ImageFolder> {
  const classes = (await listFolder(root)).folders;
  if (classes.length === 0) {
    throw new Error(`${root} has no class folders: put the photos of each class into one`);
  }
  const samples: Sample[] = [];
  const ignored: string[] = [];
  for (const [label, name] of classes.entries()) {
    for (const { folder, files } of await walk(root, name)) {
      for (const file of files) {
        const path = `${folder}/${file}`;
        if (hasImageExtension(file)) samples.push({ path, label });
        else ignored.push(path);
      }
    }
  }
  return { classes, samples, ignored };
}

/** Orders strings by code point, as Python does; `<` would order by UTF-16 code unit. */
export function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [x, y] = [a.codePointAt(i) ?? -1, b.codePointAt(i) ?? -1];
  // Where only the second halves of surrogate pairs differ, they order as the pairs do.
  return x - y;
}

interface WalkedFolder {
  /** Relative to the root. */
  folder: string;
  files: string[];
}

/** Python's `sorted(os.walk(folder, followlinks=True))`. */
async function walk(root: string, top: string): Promise<WalkedFolder[]> {
  const walked: WalkedFolder[] = [];
  async function descend(folder: string, above: string[]) {
    const identity = await folderIdentity(`${root}/${folder}`);
    // Python walks a link to a folder above until the path is too long; once is enough.
    if (above.includes(identity)) return;
    const { files, folders } = await listFolder(`${root}/${folder}`);
    walked.push({ folder, files });
    for (const name of folders) await descend(`${folder}/${name}`, [...above, identity]);
  }
  await descend(top, []);
  return walked.sort((a, b) => compareCodePoints(a.folder, b.folder));
}

async function folderIdentity(path: string): Promise<string> {
  const { dev, ino } = await Deno.stat(path);
  // Where a file system has no numbers for its files, the path itself is the best there is.
  return ino === null || ino === 0 ? path : `${dev}:${ino}`;
}

async function listFolder(path: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      const isFolder = entry.isSymlink
        ? await isLinkToFolder(`${path}/${entry.name}`)
        : entry.isDirectory;
      (isFolder ? folders : files).push(entry.name);
    }
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "it does not exist" : String(cause);
    throw new Error(`cannot list the folder ${path}: ${reason}`, { cause });
  }
  return { files: files.sort(compareCodePoints), folders: folders.sort(compareCodePoints) };
}

async function isLinkToFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    // A dangling link is listed as a file, as Python does; opening it will say what is wrong.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) {
      return false;
    }
    throw error;
  }
}

/** Whether a file of that name is taken for a photo: by torchvision's endings, and those of phones. */
export function hasImageExtension(name: string): boolean {
  const lower = name.toLowerCase();
  return PHOTO_EXTENSIONS.some((extension) => lower.endsWith(extension));
}
