/** Zip files read by random access: only the directory of the archive is held in memory. */
import {
  type Entry,
  ERR_ENCRYPTED,
  ERR_UNSUPPORTED_COMPRESSION,
  ERR_UNSUPPORTED_ENCRYPTION,
  type FileEntry,
  Reader,
  ZipReader,
} from "@zip.js/zip.js";
import { ZipError } from "./errors.ts";

/** What the archive's directory says of an entry. */
export interface ZipEntry {
  /** As stored, but for backslashes: with `/` between its parts, and at the end of a directory. */
  readonly name: string;
  readonly directory: boolean;
  readonly symlink: boolean;
  readonly encrypted: boolean;
  /** Size of the content as declared, which is not trusted when it is read. */
  readonly bytes: number;
  readonly compressedBytes: number;
}

/**
 * An open zip file.
 *
 * Permissions: read for the file.
 *
 * @example
 * ```ts
 * using archive = await ZipArchive.open("photos.zip");
 * for (const entry of archive.entries) console.log(entry.name, entry.bytes);
 * ```
 */
export class ZipArchive implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #entries: Map<ZipEntry, Entry>;

  private constructor(readonly path: string, file: Deno.FsFile, entries: Entry[]) {
    this.#file = file;
    this.#entries = new Map(entries.map((entry) => [{
      // Old programs of Windows write what APPNOTE 4.4.17 forbids.
      name: entry.filename.replaceAll("\\", "/"),
      directory: entry.directory || entry.filename.endsWith("\\"),
      symlink: entry.symlink,
      encrypted: entry.encrypted,
      bytes: entry.uncompressedSize,
      compressedBytes: entry.compressedSize,
    }, entry]));
  }

  /**
   * @throws {ZipError} where the file is no zip, is cut off, or its directory contradicts itself
   * @throws {Deno.errors.NotFound} where there is no such file
   */
  static async open(path: string): Promise<ZipArchive> {
    const file = await Deno.open(path);
    try {
      const reader = new ZipReader(new FileReader(file), {
        useWebWorkers: false,
        filenameValidation: "tolerant", // extractZip has its own, stricter rules
        checkCrc32: true,
        checkOverlappingEntry: true,
      });
      return new ZipArchive(path, file, await reader.getEntries());
    } catch (error) {
      const page = isWebPage(file);
      file.close();
      if (page) {
        throw new ZipError(
          `${path} is a web page, not a zip archive: the site may want a sign-in or a click first. ` +
            "Download it in a browser, and give that file",
        );
      }
      throw zipError(path, error);
    }
  }

  get entries(): Iterable<ZipEntry> {
    return this.#entries.keys();
  }

  /** The entry of that name; where there are several, the last, as in Python's zipfile. */
  find(name: string): ZipEntry | undefined {
    return [...this.entries].findLast((entry) => entry.name === name);
  }

  /**
   * Writes an entry's content to `sink`, which is closed then.
   *
   * @throws {ZipError} where the entry is damaged (size or CRC-32), cut off or encrypted, or holds
   *   more bytes than it declares: no more than those declared reach the sink
   * @throws whatever the sink does
   */
  async stream(
    entry: ZipEntry,
    sink: WritableStream<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void> {
    const writer = sink.getWriter();
    let left = entry.bytes;
    let sinkError: unknown;
    const guard = new WritableStream<Uint8Array>({
      async write(chunk) {
        left -= chunk.length;
        if (left < 0) throw new ZipError("it holds more bytes than it declares");
        await writer.write(chunk).catch((error) => {
          sinkError = error;
          throw error;
        });
      },
    });
    try {
      await (this.#entries.get(entry) as FileEntry).getData(guard, { signal });
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
      signal?.throwIfAborted();
      throw sinkError ?? zipError(this.path, error, entry.name);
    }
  }

  /** The content of an entry; errors as for {@linkcode ZipArchive.stream}. */
  async read(entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
    if (entry.bytes > 1032 * entry.compressedBytes) { // more than deflate can do
      throw new ZipError(`${this.path}: ${entry.name} declares a size that it cannot have`);
    }
    const content = new Uint8Array(entry.bytes);
    let at = 0;
    await this.stream(
      entry,
      new WritableStream({
        write(chunk) {
          content.set(chunk, at);
          at += chunk.length;
        },
      }),
    );
    return content;
  }

  [Symbol.dispose]() {
    this.#file.close();
  }
}

/** zip.js reads through this. Synchronous, so that seek and read stay together. */
class FileReader extends Reader<Deno.FsFile> {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    super(file);
    this.#file = file;
    this.size = file.statSync().size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    if (index < 0) throw new Error("it names a place before its beginning");
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    this.#file.seekSync(index, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = this.#file.readSync(bytes.subarray(at));
      if (count === null) return Promise.resolve(bytes.subarray(0, at));
      at += count;
    }
    return Promise.resolve(bytes);
  }
}

/** What servers send in place of a file that they do not hand to everyone. */
function isWebPage(file: Deno.FsFile): boolean {
  const start = new Uint8Array(512);
  file.seekSync(0, Deno.SeekMode.Start);
  const text = new TextDecoder().decode(start.subarray(0, file.readSync(start) ?? 0));
  return /^\s*(<!--[^]*?-->\s*)*<(!doctype html|html|head|body)/i.test(text);
}

/** zip.js's terse messages, as a sentence with the archive's name and a remedy. */
function zipError(path: string, error: unknown, entry?: string): unknown {
  if (!(error instanceof Error) || error instanceof RangeError || "code" in error) return error;
  const what = entry === undefined ? path : `${path}: ${entry}`;
  if (error.message === ERR_ENCRYPTED || error.message === ERR_UNSUPPORTED_ENCRYPTION) {
    return new ZipError(`${what} is encrypted: pack it again without a password`);
  }
  if (error.message === ERR_UNSUPPORTED_COMPRESSION) {
    return new ZipError(`${what} is compressed in an unusual way: pack it again with "deflate"`);
  }
  const why = error.message.replace(/\.$/, "");
  return new ZipError(
    entry === undefined
      ? `${what} is not a whole zip archive (${why}): fetch or pack it again`
      : `${what} is damaged (${why}): fetch or pack the archive again`,
  );
}
