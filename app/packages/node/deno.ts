/** What the library asks of `Deno`, for Node: files. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

class NotFound extends Error {
  override readonly name = "NotFound";
}

/** Nobody refuses Node anything that the system allows. */
class NotCapable extends Error {
  override readonly name = "NotCapable";
}

/** A file that is open to be read. */
class FsFile implements Disposable {
  readonly #descriptor: number;
  #at = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
  }

  statSync(): { size: number } {
    return { size: fstatSync(this.#descriptor).size };
  }

  stat(): Promise<{ size: number }> {
    return Promise.resolve(this.statSync());
  }

  /** From the beginning: nothing here seeks otherwise. */
  seekSync(offset: number): number {
    return this.#at = Number(offset);
  }

  seek(offset: number): Promise<number> {
    return Promise.resolve(this.seekSync(offset));
  }

  readSync(bytes: Uint8Array): number | null {
    const count = readSync(this.#descriptor, bytes, 0, bytes.length, this.#at);
    this.#at += count;
    return count === 0 && bytes.length > 0 ? null : count;
  }

  read(bytes: Uint8Array): Promise<number | null> {
    return Promise.resolve(this.readSync(bytes));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

async function orNotFound<T>(answer: Promise<T> | (() => T)): Promise<T> {
  try {
    return await (typeof answer === "function" ? answer() : answer);
  } catch (error) {
    throw named(error as Error);
  }
}

function named(error: Error & { code?: string }): Error {
  return error.code === "ENOENT" ? new NotFound(error.message) : error;
}

function infoOf(path: string) {
  try {
    const info = statSync(path);
    return {
      size: info.size,
      isFile: info.isFile(),
      isDirectory: info.isDirectory(),
      isFifo: info.isFIFO(),
      isSocket: info.isSocket(),
    };
  } catch (error) {
    throw named(error as Error);
  }
}

export const Deno = {
  errors: { NotFound, NotCapable },
  SeekMode: { Start: 0 },
  open: (path: string) => orNotFound(() => new FsFile(path)),
  statSync: infoOf,
  stat: (path: string) => orNotFound(() => infoOf(path)),
  readFile: (path: string) => orNotFound(fs.readFile(path)).then((bytes) => new Uint8Array(bytes)),
  readTextFile: (path: string) => orNotFound(fs.readFile(path, "utf8")),
  writeFile: (path: string, bytes: Uint8Array) => fs.writeFile(path, bytes),
  writeTextFile: (path: string, text: string) => fs.writeFile(path, text),
  mkdir: (path: string, options: { recursive: boolean }) => fs.mkdir(path, options),
  rename: (from: string, to: string) => fs.rename(from, to),
  remove: (path: string) => fs.rm(path),
  makeTempFile: async ({ prefix }: { prefix: string }) => {
    const path = join(tmpdir(), `${prefix}${crypto.randomUUID()}`);
    await fs.writeFile(path, "", { mode: 0o600, flag: "wx" });
    return path;
  },
};
