import { resolve } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { hasImageExtension } from "../data/mod.ts";

/**
 * The photos that `operands` name: files as they are, whatever their name says, and of folders the
 * image files in them, sorted, at any depth. Paths are relative to `folder` where they were given so.
 *
 * @throws {UsageError} when a folder holds no image
 */
export async function listPhotos(operands: string[], folder: string): Promise<string[]> {
  const photos: string[] = [];
  for (const operand of operands) {
    const path = resolve(folder, operand);
    if (!(await isFolder(path))) {
      photos.push(path);
      continue;
    }
    const found = (await Array.fromAsync(filesUnder(path))).filter(hasImageExtension).sort();
    if (found.length === 0) throw new UsageError(`${operand} is a folder without photos`);
    photos.push(...found);
  }
  return photos;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false; // reading it as a photo will say what is wrong
  }
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesUnder(path);
    else if (isFile) yield path;
  }
}
