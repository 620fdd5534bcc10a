/** Digests of files outside the store, remembered between runs while the files look untouched. */
import { existsSync } from "node:fs";
import { digestOf, hashFile, sha256 } from "../digest.ts";
import { PipelineError } from "../errors.ts";
import { keepJson, readJson } from "../store/json_file.ts";
import { statOrNull } from "../store/folder.ts";

/** A file younger than this could change again without its times showing it. */
const SETTLED_MS = 2000;

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";
/** How long others wait for a folder's files to be read. */
const TURN_MS = 50;

/** Where in a folder something lies, by real paths. */
interface Way {
  top: string;
  above: readonly string[];
}

interface Known {
  /** Size, times and inode: a change to the file shows in one of them. */
  stamp: string;
  sha256: string;
}

export class FileDigests {
  readonly #known: Map<string, Known>;
  /** What this process asked for; the rest is forgotten when something new is kept. */
  readonly #used = new Map<string, Known>();
  #changed = false;
  #turn = performance.now();

  /** @param cacheFile where digests are kept between runs; nowhere when left out */
  constructor(private readonly cacheFile?: string) {
    const kept = cacheFile && readJson<Record<string, Known>>(cacheFile);
    this.#known = new Map(Object.entries(kept || {}));
  }

  /** For small files (code), at once; null for a file that does not exist. */
  ofCode(path: string): string | null {
    // Of most files that decide about imports it matters that they are not there; an error is dear.
    const info = existsSync(path) ? statOrNull(path) : null;
    if (!info?.isFile) return null;
    return this.#remembered(path, info) ??
      this.#remember(path, info, sha256(Deno.readFileSync(path)));
  }

  /**
   * For a user's file or folder, of any size. Of a folder, the path and content of every file counts,
   * also where links within it lead. Pipes, sockets and devices are never opened, as reading one may
   * not end, and links that lead out of it are not followed: that they are there counts.
   *
   * @param without names right in the folder that do not count
   * @throws {Deno.errors.NotFound}
   * @throws {PipelineError} for what cannot be read, by name
   */
  async of(path: string, without: readonly string[] = []): Promise<string> {
    return await named(path, async () => {
      const info = Deno.statSync(path);
      if (!info.isDirectory && !info.isFile) {
        throw new PipelineError(
          `it reads ${path}, which is ${kindOf(info)}: name a file or a folder`,
        );
      }
      if (info.isFile) return await this.#ofFile(path, info);
      const top = Deno.realPathSync(path);
      return await this.#ofFolder(path, top, { top, above: [] }, without);
    });
  }

  async #ofFolder(
    path: string,
    real: string,
    { top, above }: Way,
    without: readonly string[] = [],
  ): Promise<string> {
    if (above.includes(real)) return "a link to a folder that it lies in";
    const counts = ({ name }: Deno.DirEntry) => !without.includes(name);
    const entries = [...Deno.readDirSync(path)].filter(counts).sort((a, b) =>
      a.name < b.name ? -1 : 1
    );
    const content: string[][] = [];
    for (const entry of entries) {
      const child = `${path}/${entry.name}`;
      const way = { top, above: [...above, real] };
      content.push([entry.name, await named(child, () => this.#ofEntry(child, entry, way))]);
      await this.#letOthersRun();
    }
    return digestOf(content);
  }

  async #ofEntry(path: string, { isSymlink }: Deno.DirEntry, way: Way): Promise<string> {
    const info = statOrNull(path);
    if (!info) return "a link to nothing";
    const real = isSymlink || info.isDirectory ? Deno.realPathSync(path) : path;
    if (isSymlink && !isWithin(real, way.top)) return `a link to ${Deno.readLinkSync(path)}`;
    if (info.isDirectory) return await this.#ofFolder(path, real, way);
    return info.isFile ? await this.#ofFile(path, info) : kindOf(info);
  }

  /** Reading small files takes no turn of the event loop, and an interruption must be heard. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#turn < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#turn = performance.now();
  }

  async #ofFile(path: string, info: Deno.FileInfo): Promise<string> {
    return this.#remembered(path, info) ??
      this.#remember(path, info, (await hashFile(path)).sha256);
  }

  #remembered(path: string, info: Deno.FileInfo): string | undefined {
    const known = this.#known.get(path);
    if (known?.stamp !== stampOf(info)) return undefined;
    this.#used.set(path, known);
    return known.sha256;
  }

  #remember(path: string, info: Deno.FileInfo, sha256: string): string {
    const age = Date.now() - Math.max(Number(info.mtime), Number(info.ctime));
    if (age > SETTLED_MS) {
      this.#known.set(path, { stamp: stampOf(info), sha256 });
      this.#used.set(path, { stamp: stampOf(info), sha256 });
      this.#changed = true;
    }
    return sha256;
  }

  /** Keeps the digests for the next run; failing to is no harm. */
  save(): void {
    if (this.#changed && this.cacheFile) keepJson(this.cacheFile, Object.fromEntries(this.#used));
    this.#changed = false;
  }
}

const stampOf = ({ size, mtime, ctime, ino }: Deno.FileInfo) =>
  `${size} ${Number(mtime)} ${Number(ctime)} ${ino}`;

const isWithin = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR);

function kindOf({ isFifo, isSocket }: Deno.FileInfo): string {
  return isFifo ? "a named pipe" : isSocket ? "a socket" : "a device";
}

/** Says of a file or folder that it may not be read, so that nobody looks elsewhere for the fault. */
async function named<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new PipelineError(
      `it reads ${path}, which may not be read: give yourself the permission (chmod u+rX), or ` +
        "move it away",
    );
  }
}
