import type { RgbImage } from "./image.ts";

/** Reads pixels out of a pack: a file of raw RGB. */
export class PackReader {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  /** Opens a pack. */
  constructor(path: string) {
    this.#path = path;
    this.#file = Deno.openSync(path);
  }

  /**
   * Reads `height` rows of `width` pixels, from a byte offset on.
   * @throws {Error} when the file ends before.
   */
  read(offset: number, width: number, height: number): RgbImage {
    const data = new Uint8Array(width * height * 3);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let at = 0; at < data.length;) {
      const count = this.#file.readSync(data.subarray(at));
      if (count === null) {
        throw new Error(
          `${this.#path} ends before byte ${offset + data.length}: build the dataset again`,
        );
      }
      at += count;
    }
    return { width, height, data };
  }

  close(): void {
    this.#file.close();
  }
}

/** Writes a pack, one photo after the other. */
export class PackWriter {
  /** Bytes written: where the next photo begins. */
  length = 0;

  private constructor(readonly path: string, readonly file: Deno.FsFile) {}

  /** Begins an empty pack. */
  static async create(path: string): Promise<PackWriter> {
    return new PackWriter(
      path,
      await Deno.open(path, { write: true, create: true, truncate: true }),
    );
  }

  /**
   * Adds the pixels of a photo.
   * @throws {Error} when they cannot be written, for instance on a full disk.
   */
  async append(data: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < data.length;) at += await this.file.write(data.subarray(at));
    } catch (cause) {
      throw new Error(
        `cannot write ${this.path} beyond ${this.length} bytes: ${(cause as Error).message}; ` +
          "photos take 3 bytes a pixel here: free disk space, or make them smaller",
        { cause },
      );
    }
    this.length += data.length;
  }

  close(): void {
    this.file.close();
  }
}
