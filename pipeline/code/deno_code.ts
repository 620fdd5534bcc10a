/** A step's code as Deno's module graph tells of it. */
import type { Closure, Code } from "../code.ts";
import type { Change } from "../explain/changes.ts";
import type { Store } from "../store.ts";
import { Closures } from "./closures.ts";
import { CodeDigests } from "./code_digests.ts";
import { CodeTexts } from "./code_texts.ts";
import { FileDigests } from "./file_digests.ts";

export class DenoCode implements Code {
  readonly #digests: FileDigests;
  readonly #codeDigests: CodeDigests;
  readonly #closures: Closures;
  readonly #texts: CodeTexts;

  /** @param store where texts are kept, and in its cache what was found out */
  constructor(store: Store) {
    this.#digests = new FileDigests(`${store.cache}/digests.json`);
    this.#codeDigests = new CodeDigests(this.#digests, `${store.cache}/code.json`);
    this.#closures = new Closures(this.#digests, this.#codeDigests, `${store.cache}/closures`);
    this.#texts = new CodeTexts(store);
  }

  closureOf(module: URL, maxAge?: number, preload?: URL): Promise<Closure> {
    return this.#closures.of(module, maxAge, preload);
  }

  check(module: URL): Promise<void> {
    return this.#closures.check(module);
  }

  digestOf(path: string, without?: readonly string[]): Promise<string> {
    return this.#digests.of(path, without);
  }

  keepTexts(closure: Closure): Promise<void> {
    return this.#texts.keep(closure);
  }

  countLines(changes: Change[], closure: Closure): Promise<Change[]> {
    return this.#texts.count(changes, closure);
  }

  save(): void {
    this.#digests.save();
    this.#codeDigests.save();
  }
}
