import { glob } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { hasImageExtension } from "../../data/image_folder.ts";
import { isLitter } from "../../data/litter.ts";
import {
  describeLeftOut,
  describeLitter,
  describeSidecars,
  some,
} from "../../data/sources/left_out.ts";
import { type FolderListing, listFiles } from "../../data/sources/list_files.ts";
import { PASSED_OVER } from "../../data/left_out_tally.ts";
import { divideByKind } from "../../data/sources/photo_like.ts";

/** An operand that stands for the lines of standard input. */
const STDIN = "-";

/** What operands name. */
export interface PhotoList {
  /** What lies among the photos of folders and is not taken: a line each. */
  notes: string[];
  /** Why photos among them are not taken, a reason a photo. */
  leftOut: string[];
  /** As they were given, in the order of the operands. */
  paths: AsyncIterable<string>;
  /** How many there are, where that is known before they come. */
  count?: number;
}

/**
 * The photos that `operands` name: files as they are, whatever their name says; of folders the image
 * files in them, sorted, at any depth, links followed; of a pattern (`*`, `?`, `[…]`, `**`) the image
 * files that it fits, sorted; `-` for a path a line of standard input, as they come. Hidden files and
 * the like are passed over in folders and patterns. Relative paths are meant from `folder`.
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
  const notes: string[] = [], leftOut: string[] = [];
  for (const operand of operands) {
    const tell = ({ lines, reasons }: Untaken) => {
      notes.push(...lines.map((line) => `${operand}: ${line}`));
      leftOut.push(...reasons);
    };
    parts.push(operand === STDIN ? linesOf(stdin()) : await photosOf(operand, folder, tell));
  }
  const known = parts.every((part) => Array.isArray(part));
  return {
    paths: (async function* () {
      for (const part of parts) yield* part;
    })(),
    notes,
    leftOut,
    ...(known && { count: parts.flat().length }),
  };
}

async function photosOf(
  operand: string,
  folder: string,
  tell: (untaken: Untaken) => void,
): Promise<string[]> {
  if (/^https?:\/\//i.test(operand)) {
    throw new UsageError(`predict takes files, not addresses: download ${operand} first`);
  }
  const path = resolve(folder, operand);
  const kind = await Deno.stat(path).catch(() => undefined);
  if (kind?.isDirectory) {
    const listing = await listFiles(path, { followOut: true });
    tell(await untakenOf(path, listing));
    const found = listing.paths.filter(hasImageExtension).map((file) => join(operand, file)).sort();
    if (found.length === 0) throw new UsageError(`${operand} is a folder without photos`);
    return found;
  }
  // A file whose name looks like a pattern is itself; one that is not there will be said to be so.
  if (kind || !/[*?[{]/.test(operand)) return [operand];
  const fitting = await Array.fromAsync(glob(operand, { cwd: folder }));
  const isMeant = (path: string) =>
    path.split(/[/\\]/).every((part) => !isLitter(part) || operand.split("/").includes(part));
  const photos = fitting.filter((path) => hasImageExtension(path) && isMeant(path)).sort();
  if (photos.length === 0) throw new UsageError(`no photo fits ${operand}`);
  return photos;
}

/** What of a folder is not taken: in lines for a person, and a reason a photo. */
interface Untaken {
  lines: string[];
  reasons: string[];
}

async function untakenOf(folder: string, { paths, leftOut, litter }: FolderListing) {
  const others = paths.filter((path) => !path.endsWith("/") && !hasImageExtension(path));
  const { photoLike, sidecars } = await divideByKind(others, (path) => `${folder}/${path}`);
  const lines = [...describeLeftOut(leftOut), describeLitter(litter), describeSidecars(sidecars)];
  if (photoLike.length > 0) {
    const what = photoLike.length === 1 ? "1 photo" : `${photoLike.length} photos`;
    lines.push(
      `passed over ${what} (${some(photoLike.sort())}): save as JPEG or PNG, under a name that ` +
        "ends in .jpg or .png",
    );
  }
  return {
    lines: lines.filter((line) => line !== undefined),
    reasons: photoLike.map(() => PASSED_OVER),
  };
}

/** Paths a line, or ended by NUL as `find -print0` writes them. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of textOf(stream)) {
    const lines = (rest + text).split(/\0|\r?\n/);
    rest = lines.pop()!;
    for (const line of lines) if (line !== "") yield line;
  }
  if (rest !== "") yield rest;
}

/** UTF-8, or UTF-16 where a byte order mark says so, as PowerShell writes files. */
async function* textOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let start = new Uint8Array();
  for await (const bytes of stream) {
    if (decoder) {
      yield decoder.decode(bytes, { stream: true });
      continue;
    }
    start = Uint8Array.from([...start, ...bytes]);
    if (start.length < 2) continue; // half a mark
    decoder = new TextDecoder(encodingOf(start));
    yield decoder.decode(start, { stream: true });
  }
  yield decoder ? decoder.decode() : new TextDecoder().decode(start);
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
