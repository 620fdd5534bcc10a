/** What the library asks of `Deno`, for browsers: files, which are in memory and no one else's. */
class NotFound extends Error {
  override readonly name = "NotFound";
}

class NotCapable extends Error {
  override readonly name = "NotCapable";
}

const files = new Map<string, Uint8Array>();

/** @throws {NotFound} */
function contentOf(path: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new NotFound(`there is no file ${path}: pages have none but what they fetched`);
  return bytes;
}

/** A file that is open to be read. */
class FsFile implements Disposable {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(path: string) {
    this.#bytes = contentOf(path);
  }

  statSync(): { size: number } {
    return { size: this.#bytes.length };
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

  readSync(into: Uint8Array): number | null {
    const part = this.#bytes.subarray(this.#at, this.#at + into.length);
    into.set(part);
    this.#at += part.length;
    return part.length === 0 && into.length > 0 ? null : part.length;
  }

  read(into: Uint8Array): Promise<number | null> {
    return Promise.resolve(this.readSync(into));
  }

  close(): void {}

  [Symbol.dispose](): void {}
}

const write = (path: string, bytes: Uint8Array) => {
  files.set(path, bytes);
  return Promise.resolve();
};

const infoOf = (path: string) => ({
  size: contentOf(path).length,
  isFile: true,
  isDirectory: false,
  isFifo: false,
  isSocket: false,
});

export const Deno = {
  errors: { NotFound, NotCapable },
  SeekMode: { Start: 0 },
  // deno-lint-ignore require-await -- what is thrown is to be a rejection
  open: async (path: string) => new FsFile(path),
  statSync: infoOf,
  // deno-lint-ignore require-await
  stat: async (path: string) => infoOf(path),
  // deno-lint-ignore require-await
  readFile: async (path: string) => contentOf(path).slice(),
  // deno-lint-ignore require-await
  readTextFile: async (path: string) => new TextDecoder().decode(contentOf(path)),
  writeFile: write,
  writeTextFile: (path: string, text: string) => write(path, new TextEncoder().encode(text)),
  mkdir: () => Promise.resolve(),
  rename: async (from: string, to: string) => {
    await write(to, contentOf(from));
    files.delete(from);
  },
  remove: (path: string) => Promise.resolve(void files.delete(path)),
  makeTempFile: async ({ prefix }: { prefix: string }) => {
    const path = `${prefix}${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
    await write(path, new Uint8Array());
    return path;
  },
};
