/** Texts of the code that artifacts were made with, kept to tell how much of it has changed since. */
import { join } from "node:path";
import type { Closure } from "../code.ts";
import type { Change, LineCounts } from "../explain/changes.ts";
import type { Store } from "../store.ts";
import { statOrNull } from "../store/folder.ts";
import { countLines } from "./line_counts.ts";

/** Of a file that is kept: data and wasm may be larger, and have no lines. */
const LARGEST = 1 << 20;

export class CodeTexts {
  readonly #kept = new Set<string>();
  readonly #counts = new Map<string, LineCounts | undefined>();

  constructor(private readonly store: Pick<Store, "text" | "keepText">) {}

  /** Keeps the code of a step that is about to run. */
  async keep({ files, root }: Pick<Closure, "files" | "root">): Promise<void> {
    for (const [name, digest] of Object.entries(files)) {
      // Thousands of steps share their code.
      if (digest === null || this.#kept.has(digest)) continue;
      this.#kept.add(digest);
      const source = join(root, name);
      const { size = Infinity } = statOrNull(source) ?? {};
      if (size <= LARGEST) await this.store.keepText(digest, source);
    }
  }

  /** Adds to changed files the number of their lines that did. */
  async count(changes: Change[], { root }: Pick<Closure, "root">): Promise<Change[]> {
    const counted: Change[] = [];
    for (const change of changes) {
      const { kind, name, before, after } = change;
      if (kind !== "file" || !before || !after) counted.push(change);
      else {
        const which = `${before} ${after}`;
        if (!this.#counts.has(which)) {
          this.#counts.set(which, await this.#count(before, join(root, name)));
        }
        counted.push({ ...change, lines: this.#counts.get(which) });
      }
    }
    return counted;
  }

  async #count(before: string, path: string): Promise<LineCounts | undefined> {
    const old = await this.store.text(before);
    const now = statOrNull(path) ? Deno.readTextFileSync(path) : undefined;
    // Data has no lines.
    const isText = (text: string | undefined) => text !== undefined && !text.includes("\0");
    return isText(old) && isText(now) ? countLines(old!, now!) : undefined;
  }
}
