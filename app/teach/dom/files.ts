/** Where a page keeps files: in its origin's private file system, or where there is none, in memory. */

/** Files in folders of one level; names may be of any characters. */
export interface Files {
  /** Whether they are there after a reload. */
  readonly persists: boolean;
  /**
   * Replaces a file as a whole, or not at all.
   * @throws {Error} where there is no room
   */
  write(folder: string, name: string, content: Blob | Uint8Array<ArrayBuffer>): Promise<void>;
  read(folder: string, name: string): Promise<Blob | undefined>;
  names(folder: string): Promise<string[]>;
  remove(folder: string, name: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  folders(): Promise<string[]>;
  /** Where a large file is put together, alone in its folder; `done` gives it. */
  compose(
    name: string,
    folder?: string,
  ): Promise<{ stream: WritableStream<Uint8Array>; done(): Promise<Blob> }>;
}

/** All of the page that teaches. */
export const TEACH_FOLDER = "graft teach";

/** @param name of the folder in which all of it lies */
export async function openFiles(name: string): Promise<Files> {
  try {
    const root = await navigator.storage.getDirectory();
    const files = new OriginFiles(await root.getDirectoryHandle(name, { create: true }));
    // Private windows of some browsers have the functions, but nothing behind them.
    await files.write("trial", "trial", new Uint8Array(1));
    await files.removeFolder("trial");
    return files;
  } catch {
    return new MemoryFiles();
  }
}

/** Names as file systems take them, and those of the composed files. */
const COMPOSED = "composed";

class OriginFiles implements Files {
  readonly persists = true;
  readonly #folders = new Map<string, FileSystemDirectoryHandle>();

  constructor(private readonly root: FileSystemDirectoryHandle) {}

  async write(folder: string, name: string, content: Blob | Uint8Array<ArrayBuffer>) {
    const handle = await this.#handle(folder, name);
    const stream = await writableOf(handle);
    // Closing is what puts the new content in the old one's place.
    await new Blob([content]).stream().pipeTo(stream);
  }

  async read(folder: string, name: string): Promise<Blob | undefined> {
    try {
      const there = await this.#folder(folder);
      return await (await there.getFileHandle(encodeURIComponent(name))).getFile();
    } catch {
      return undefined;
    }
  }

  async names(folder: string): Promise<string[]> {
    const there = await this.#folder(folder);
    const names: string[] = [];
    for await (const [name, { kind }] of there.entries()) {
      // What Chromium has not yet put in its place, when the page was closed.
      if (kind === "file" && !name.endsWith(".crswap")) names.push(decodeURIComponent(name));
    }
    return names;
  }

  async remove(folder: string, name: string): Promise<void> {
    const there = await this.#folder(folder);
    await there.removeEntry(encodeURIComponent(name)).catch(() => {});
  }

  async removeFolder(folder: string): Promise<void> {
    this.#folders.delete(folder);
    await this.root.removeEntry(encodeURIComponent(folder), { recursive: true }).catch(() => {});
  }

  async folders(): Promise<string[]> {
    const names: string[] = [];
    for await (const [name, { kind }] of this.root.entries()) {
      if (kind === "directory") names.push(decodeURIComponent(name));
    }
    return names;
  }

  async compose(name: string, folder: string = COMPOSED) {
    await this.removeFolder(folder);
    const handle = await this.#handle(folder, name);
    return { stream: await writableOf(handle), done: () => handle.getFile() };
  }

  async #folder(name: string): Promise<FileSystemDirectoryHandle> {
    let folder = this.#folders.get(name);
    if (!folder) {
      folder = await this.root.getDirectoryHandle(encodeURIComponent(name), { create: true });
      this.#folders.set(name, folder);
    }
    return folder;
  }

  async #handle(folder: string, name: string): Promise<FileSystemFileHandle> {
    const there = await this.#folder(folder);
    return await there.getFileHandle(encodeURIComponent(name), { create: true });
  }
}

/** What Safari before 26 has: only workers, and in the place itself. */
interface SyncHandle {
  createSyncAccessHandle(): Promise<{
    truncate(size: number): void;
    write(bytes: Uint8Array, at: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
}

async function writableOf(
  handle: FileSystemFileHandle,
): Promise<WritableStream<Uint8Array>> {
  if ("createWritable" in handle) {
    return await handle.createWritable() as WritableStream<Uint8Array>;
  }
  const file = await (handle as unknown as SyncHandle).createSyncAccessHandle();
  file.truncate(0);
  let at = 0;
  return new WritableStream({
    write: (bytes) => void (at += file.write(bytes, { at })),
    close: () => {
      file.flush();
      file.close();
    },
    abort: () => file.close(),
  });
}

class MemoryFiles implements Files {
  readonly persists = false;
  readonly #folders = new Map<string, Map<string, Blob>>();

  // deno-lint-ignore require-await -- as the other one
  async write(folder: string, name: string, content: Blob | Uint8Array<ArrayBuffer>) {
    if (!this.#folders.has(folder)) this.#folders.set(folder, new Map());
    this.#folders.get(folder)!.set(name, content instanceof Blob ? content : new Blob([content]));
  }

  read(folder: string, name: string): Promise<Blob | undefined> {
    return Promise.resolve(this.#folders.get(folder)?.get(name));
  }

  names(folder: string): Promise<string[]> {
    return Promise.resolve([...this.#folders.get(folder)?.keys() ?? []]);
  }

  remove(folder: string, name: string): Promise<void> {
    this.#folders.get(folder)?.delete(name);
    return Promise.resolve();
  }

  removeFolder(folder: string): Promise<void> {
    this.#folders.delete(folder);
    return Promise.resolve();
  }

  folders(): Promise<string[]> {
    return Promise.resolve([...this.#folders.keys()]);
  }

  compose(_name: string) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const whole = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
    return Promise.resolve({ stream: writable, done: () => whole });
  }
}
