/** Digests of files outside the store, remembered between runs while the files look untouched. */
import { digestOf, hashFile, sha256 } from "../digest.ts";
import { keepJson, readJson } from "../store/json_file.ts";
import { statOrNull } from "../store/folder.ts";

/** A file younger than this could change again without its times showing it. */
const SETTLED_MS = 2000;

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

  /** @param cacheFile where digests are kept between runs; nowhere when left out */
  constructor(private readonly cacheFile?: string) {
    const kept = cacheFile && readJson<Record<string, Known>>(cacheFile);
    this.#known = new Map(Object.entries(kept || {}));
  }

  /** For small files (code), at once; null for a file that does not exist. */
  ofCode(path: string): string | null {
    const info = statOrNull(path);
    if (!info?.isFile) return null;
    return this.#remembered(path, info) ??
      this.#remember(path, info, sha256(Deno.readFileSync(path)));
  }

  /**
   * For a user's file or folder, of any size. Of a folder, every file's path and content counts,
   * and what links in it lead to.
   *
   * @throws {Deno.errors.NotFound}
   */
  async of(path: string, within: readonly string[] = []): Promise<string> {
    const info = within.length > 0 ? statOrNull(path) : Deno.statSync(path);
    if (!info) return "a link to nothing";
    if (!info.isDirectory) return await this.#ofFile(path, info);
    const real = Deno.realPathSync(path);
    if (within.includes(real)) return "a link to a folder that it lies in";
    const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
    const content: string[][] = [];
    for (const name of names) {
      content.push([name, await this.of(`${path}/${name}`, [...within, real])]);
    }
    return digestOf(content);
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
