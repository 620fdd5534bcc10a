/** Digests of modules that comments and formatting do not change. */
import { sha256 } from "../digest.ts";
import type { FileDigests } from "./file_digests.ts";
import { keepJson, readJson } from "../store/json_file.ts";

export class CodeDigests {
  /** By kind of code and digest of its bytes: what is known of a text stays true. */
  readonly #known: Record<string, string>;
  readonly #used: Record<string, string> = {};
  #changed = false;

  /** @param cacheFile where digests are kept between runs; nowhere when left out */
  constructor(private readonly files: FileDigests, private readonly cacheFile?: string) {
    this.#known = (cacheFile && readJson<Record<string, string>>(cacheFile)) || {};
  }

  /** Null for a file that does not exist. JSX counts by its bytes: comments in it can direct. */
  async of(path: string): Promise<string | null> {
    const bytes = this.files.ofCode(path);
    const kind = /\.[cm]?([jt]s)$/.exec(path)?.[1];
    if (bytes === null || !kind) return bytes;
    const known = this.#used[kind + bytes] ?? this.#known[kind + bytes];
    return known ? this.#used[kind + bytes] = known : await this.#find(path, kind);
  }

  async #find(path: string, kind: string): Promise<string> {
    const { normalForm } = await import("./normal_form.ts");
    const bytes = Deno.readFileSync(path);
    const form = normalForm(new TextDecoder().decode(bytes), kind === "ts");
    this.#changed = true;
    // Under what was read just now: the file may have been edited since it was asked about.
    return this.#used[kind + sha256(bytes)] = sha256(form ?? bytes);
  }

  /** Keeps the digests for the next run; failing to is no harm. */
  save(): void {
    if (this.#changed && this.cacheFile) keepJson(this.cacheFile, this.#used);
    this.#changed = false;
  }
}
