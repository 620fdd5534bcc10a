/** Texts of the code that artifacts were made with, kept to tell how much of it has changed since. */
import { join } from "node:path";
import type { Change } from "../explain/changes.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { keepFile } from "../store/json_file.ts";
import { countLines, type LineCounts } from "./line_counts.ts";
import { statOrNull } from "../store/tree.ts";

/** Of a file that is kept: data and wasm may be larger, and have no lines. */
const LARGEST = 1 << 20;

export class CodeTexts {
  readonly #kept = new Set<string>();
  readonly #counts = new Map<string, LineCounts | undefined>();

  /** @param folders all are read, the first one is written to */
  constructor(private readonly folders: readonly string[]) {}

  /** Keeps the code of a step that is about to run. */
  keep({ files }: Fingerprint, root: string): void {
    for (const [name, digest] of Object.entries(files)) {
      // Thousands of steps share their code.
      if (digest === null || this.#kept.has(digest)) continue;
      this.#kept.add(digest);
      const source = join(root, name);
      const { size = Infinity } = statOrNull(source) ?? {};
      const [file] = this.#filesOf(digest);
      if (size <= LARGEST && !statOrNull(file)) keepFile(file, Deno.readFileSync(source));
    }
  }

  /** Adds to changed files the number of their lines that did. */
  count(changes: Change[], root: string): Change[] {
    return changes.map((change) => {
      const { kind, name, before, after } = change;
      if (kind !== "file" || !before || !after) return change;
      const which = `${before} ${after}`;
      if (!this.#counts.has(which)) this.#counts.set(which, this.#count(before, join(root, name)));
      return { ...change, lines: this.#counts.get(which) };
    });
  }

  #count(before: string, path: string): LineCounts | undefined {
    const old = this.#filesOf(before).map(textOf).find((text) => text !== undefined);
    const now = textOf(path);
    return old === undefined || now === undefined ? undefined : countLines(old, now);
  }

  #filesOf(digest: string): string[] {
    return this.folders.map((folder) => `${folder}/${codeFile(digest)}`);
  }
}

/** The name under which a text is kept. */
export const codeFile = (digest: string): string => digest.slice(0, 32);

/** Undefined for what is not there, or is no text. */
function textOf(path: string): string | undefined {
  if (!statOrNull(path)) return undefined;
  const text = Deno.readTextFileSync(path);
  return text.includes("\0") ? undefined : text;
}
