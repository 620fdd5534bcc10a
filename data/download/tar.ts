/** Unpacking tar archives, also compressed by gzip, that nobody vouches for. */
import { dirname, join } from "node:path";
import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { nameUnwritten } from "../unwritable.ts";
import { ZipError } from "./errors.ts";
import {
  type ExtractOptions,
  pathObjection,
  photoLimits,
  quoteName,
  type ZipLimits,
} from "./zip.ts";

/** Whether a file begins as a tar archive does, or as one that gzip compressed. */
export async function isTar(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const start = new Uint8Array(262);
  for (let at = 0; at < start.length;) {
    const count = await file.read(start.subarray(at));
    if (count === null) break;
    at += count;
  }
  return isGzip(start) || new TextDecoder().decode(start.subarray(257)) === "ustar";
}

const isGzip = ([first, second]: Uint8Array) => first === 0x1f && second === 0x8b;

/**
 * Reads a whole archive and checks every entry: paths that leave the folder, links and devices, two
 * files of one name, sizes.
 *
 * @returns its names in their order; folders end in `/`
 * @throws {ZipError} which names the archive, the entry and the reason
 */
export async function checkTar(
  path: string,
  { limits = photoLimits, signal }: ExtractOptions = {},
): Promise<string[]> {
  const names: string[] = [];
  await walk(path, limits, signal, (name) => {
    names.push(name);
  });
  return names;
}

/**
 * Unpacks the files that `targets` names (entry name to path below `folder`), as `extractZip` does.
 *
 * Permissions: read and write for `folder`.
 *
 * @throws {ZipError} as {@linkcode checkTar}; what was unpacked by then stays
 */
export async function extractTar(
  path: string,
  targets: ReadonlyMap<string, string>,
  folder: string,
  { limits = photoLimits, progress, signal }: ExtractOptions = {},
): Promise<void> {
  let done = 0;
  await walk(path, limits, signal, async (name, body) => {
    const target = targets.get(name);
    if (target === undefined || name.endsWith("/")) return;
    const reason = pathObjection(target);
    if (reason) throw new ZipError(`${path}: the target ${target} ${reason}`);
    await writeNew(path, name, join(folder, target), body);
    progress?.({ label: "unpacking", unit: "files", done: ++done, total: targets.size });
  });
}

/** The content of a file in the archive; undefined where it has more than `most` bytes, or is not there. */
export async function readTar(
  path: string,
  wanted: string,
  most: number,
): Promise<Uint8Array | undefined> {
  let content: Uint8Array | undefined;
  await walk(path, photoLimits, undefined, async (name, body, size) => {
    if (name === wanted && size <= most) content = await new Response(body).bytes();
  });
  return content;
}

type Visit = (
  name: string,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  size: number,
) => Promise<void> | void;

async function walk(
  path: string,
  limits: ZipLimits,
  signal: AbortSignal | undefined,
  visit: Visit,
): Promise<void> {
  const seen = new Set<string>();
  let count = 0, total = 0;
  try {
    for await (const { header, body } of await entriesOf(path, limits, signal)) {
      signal?.throwIfAborted();
      const name = nameOf(header);
      if (++count > limits.entries) {
        throw new ZipError(`${path}: refused, as it has more than ${limits.entries} entries`);
      }
      const reason = objection(name, header, seen, limits);
      if (reason) {
        throw new ZipError(`${path}: refused, as its entry ${quoteName(header.name)} ${reason}`);
      }
      total += header.size;
      if (total > limits.totalBytes) {
        throw new ZipError(`${path}: refused, as its content exceeds ${limits.totalBytes} bytes`);
      }
      if (name !== "") {
        await visit(name, body as ReadableStream<Uint8Array<ArrayBuffer>>, header.size);
      }
      if (!body.locked) await body.cancel(); // the rest of it is passed over
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw tarError(path, error);
  }
}

/** The entries of a file; decompressed, where it is compressed, to no more than is credible. */
async function entriesOf(
  path: string,
  limits: ZipLimits,
  signal?: AbortSignal,
): Promise<ReadableStream<ParsedTarEntry>> {
  const isCompressed = await startsAsGzip(path);
  const file = await Deno.open(path);
  const { size } = await file.stat();
  const decoder = createTarDecoder({ strict: true });
  if (!isCompressed) return file.readable.pipeThrough(decoder, { signal });
  let bytes = 0;
  const guard = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > 2 ** 20 && bytes > limits.ratio * size) {
        throw new ZipError(
          `${path}: refused, as it is compressed more than ${limits.ratio} times, as archives are ` +
            "that fill a disk",
        );
      }
      controller.enqueue(chunk);
    },
  });
  return file.readable.pipeThrough(new DecompressionStream("gzip"), { signal })
    .pipeThrough(guard).pipeThrough(decoder);
}

async function startsAsGzip(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const start = new Uint8Array(2);
  return await file.read(start) === 2 && isGzip(start);
}

/** Without the `./` that tar puts in front; folders end in `/`; empty for the top. */
function nameOf({ name, type }: ParsedTarEntry["header"]): string {
  const path = name.replace(/^(\.\/)+/, "").replace(/\/$/, "");
  return path === "" || path === "." ? "" : type === "directory" ? `${path}/` : path;
}

function objection(
  name: string,
  header: ParsedTarEntry["header"],
  seen: Set<string>,
  limits: ZipLimits,
): string | undefined {
  const { type = "file", size, pax } = header;
  if (type === "symlink" || type === "link") return "is a link: pack what it points to (tar -h)";
  if (type !== "file" && type !== "directory") return `is no file (${type})`;
  if (Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse"))) {
    return "is packed with gaps: pack it without --sparse";
  }
  if (type === "file" && seen.has(name)) return "is there twice";
  seen.add(name);
  if (size > limits.entryBytes) {
    return `has ${size} bytes, more than the ${limits.entryBytes} allowed`;
  }
  return name === "" ? undefined : pathObjection(name.replace(/\/$/, ""));
}

async function writeNew(
  archive: string,
  name: string,
  path: string,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const written = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) {
        throw new Unwritten(nameUnwritten(error, path));
      }
      throw new ZipError(
        `${archive}: ${name} would overwrite ${path}, ` +
          `which may differ from it in upper and lower case only`,
      );
    }
  };
  await written(Deno.mkdir(dirname(path), { recursive: true }));
  using file = await written(Deno.open(path, { write: true, createNew: true }));
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length;) at += await written(file.write(chunk.subarray(at)));
  }
}

/** What is wrong with the disk and not with the archive. */
class Unwritten extends Error {
  constructor(override readonly cause: unknown) {
    super("unwritten");
  }
}

function tarError(path: string, error: unknown): unknown {
  if (error instanceof Unwritten) return error.cause;
  if (
    !(error instanceof Error) || error instanceof ZipError || error instanceof Deno.errors.NotFound
  ) {
    return error;
  }
  return new ZipError(
    `${path} is not a whole tar archive (${
      error.message.replace(/\.$/, "")
    }): fetch or pack it again`,
  );
}
