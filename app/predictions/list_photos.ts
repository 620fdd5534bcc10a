import { glob } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { hasImageExtension } from "../../data/image_folder.ts";
import { listFiles } from "../../data/sources/list_files.ts";

/** An operand that stands for the lines of standard input. */
const STDIN = "-";

/** What operands name. */
export interface PhotoList {
  /** As they were given, in the order of the operands. */
  paths: AsyncIterable<string>;
  /** How many there are, where that is known before they come. */
  count?: number;
}

/**
 * The photos that `operands` name: files as they are, whatever their name says; of folders the image
 * files in them, sorted, at any depth, links followed; of a pattern (`*`, `?`, `[…]`, `**`) the image files that it
 * fits, sorted; `-` for a path a line of standard input, as they come. Relative paths are meant from
 * `folder`.
 *
 * @throws {UsageError} when a folder holds no image, nothing fits a pattern, or one is an address
 */
export async function listPhotos(
  operands: readonly string[],
  folder: string,
  stdin: () => ReadableStream<Uint8Array> = () => Deno.stdin.readable,
): Promise<PhotoList> {
  if (operands.filter((operand) => operand === STDIN).length > 1) {
    throw new UsageError("- is given twice, but standard input can be read once");
  }
  const parts: (string[] | AsyncIterable<string>)[] = [];
  for (const operand of operands) {
    parts.push(operand === STDIN ? linesOf(stdin()) : await photosOf(operand, folder));
  }
  const known = parts.every((part) => Array.isArray(part));
  return {
    paths: (async function* () {
      for (const part of parts) yield* part;
    })(),
    ...(known && { count: parts.flat().length }),
  };
}

async function photosOf(operand: string, folder: string): Promise<string[]> {
  if (/^https?:\/\//i.test(operand)) {
    throw new UsageError(`predict takes files, not addresses: download ${operand} first`);
  }
  const path = resolve(folder, operand);
  const kind = await Deno.stat(path).catch(() => undefined);
  if (kind?.isDirectory) {
    const found = (await listFiles(path)).filter(hasImageExtension)
      .map((file) => join(operand, file)).sort();
    if (found.length === 0) throw new UsageError(`${operand} is a folder without photos`);
    return found;
  }
  // A file whose name looks like a pattern is itself; one that is not there will be said to be so.
  if (kind || !/[*?[{]/.test(operand)) return [operand];
  const fitting = await Array.fromAsync(glob(operand, { cwd: folder }));
  const photos = fitting.filter(hasImageExtension).sort();
  if (photos.length === 0) throw new UsageError(`no photo fits ${operand}`);
  return photos;
}

/** Paths a line, or ended by NUL as `find -print0` writes them. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\0|\r?\n/);
    rest = lines.pop()!;
    for (const line of lines) if (line !== "") yield line;
  }
  if (rest !== "") yield rest;
}
