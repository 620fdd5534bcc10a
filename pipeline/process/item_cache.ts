/** Results of single items (a photo's features, say) that a step need not find out again. */
import { digestOf, type Json, sha256 } from "../digest.ts";
import { namesIn } from "../store/folder.ts";
import { ItemFile } from "../store/item_file.ts";
import type { ItemCacheAccess } from "./step.ts";

/** What is kept in memory, as a file is best written to in bursts. */
const LARGEST_BURST = 4 << 20;
const BURST_MS = 1000;
/** In case the orchestrator's word does not come: what is beyond it is found out again one day. */
const LARGEST_WAIT = 64 << 20;
/** A process that finds the file damaged begins a new one; a disk that damages all is not worth it. */
const MOST_FILES = 3;

/**
 * The step declares `itemCache: { features: new URL("./features.ts", import.meta.url) }`: what can
 * change a value is the code which that module reaches, the item's bytes, the parameters that are
 * named here, and the step's device, declared variables and arguments of Deno's. Nothing else may:
 * then the step's result is the same with and without the cache.
 *
 * @example
 * ```ts ignore
 * await using cache = new ItemCache(step.itemCaches.features, { weights: digest, size: 224 });
 * for (const photo of photos) {
 *   const key = cache.keyOf(photo);
 *   let features = cache.get(key);
 *   if (!features) cache.put(key, features = compute(photo));
 *   use(features);
 * }
 * ```
 */
export class ItemCache implements AsyncDisposable {
  readonly #access: ItemCacheAccess;
  readonly #parameters: string;
  readonly #pending = new Map<string, Uint8Array<ArrayBuffer>>();
  #pendingBytes = 0;
  #written = performance.now();
  #mayWrite = false;
  #file?: ItemFile;
  #filesBegun = 0;
  /** Of no use in this process any more: the step computes everything itself. */
  #off = false;

  /**
   * @param access `step.itemCaches.NAME`
   * @param parameters all that decides a value beside the item and the code
   * @throws {Error} when the step declares no such cache
   * @throws {TypeError} for parameters that JSON cannot hold
   */
  constructor(access: ItemCacheAccess | undefined, parameters: Readonly<Record<string, Json>>) {
    if (!access) throw new Error("the step has no such cache of items: declare it in itemCache");
    this.#access = access;
    this.#parameters = digestOf(parameters);
    access.checked.then(() => this.#mayWrite = true);
    this.#open();
  }

  /** @param content all of the item's bytes */
  keyOf(content: Uint8Array): string {
    return sha256(`${this.#parameters} ${sha256(content)}`).slice(0, 32);
  }

  /** Undefined for what was not kept, or is not as it was kept. */
  get(key: string): Uint8Array<ArrayBuffer> | undefined {
    const pending = this.#pending.get(key);
    if (pending) return pending.slice();
    if (this.#access.afresh) return undefined;
    return this.#attempt((file) => file.get(key));
  }

  /** Keeps a value, a copy of which is written with others, at the latest when this is disposed of. */
  put(key: string, value: Uint8Array): void {
    if (this.#off || this.#pending.has(key) || this.#pendingBytes > LARGEST_WAIT) return;
    this.#pending.set(key, new Uint8Array(value));
    this.#pendingBytes += value.length;
    const isDue = this.#pendingBytes >= LARGEST_BURST ||
      performance.now() - this.#written >= BURST_MS;
    // Code may have been edited before it was loaded: until that is known, what it gives is not kept.
    if (isDue && this.#mayWrite) this.#write();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pending.size > 0) await this.#access.checked;
    this.#write();
    this.#close();
  }

  #write(): void {
    if (this.#pending.size > 0) this.#attempt((file) => file.put(this.#pending));
    this.#pending.clear();
    this.#pendingBytes = 0;
    this.#written = performance.now();
  }

  /** Does without the cache where that fails: a result must not depend on it. */
  #attempt<T>(use: (file: ItemFile) => T): T | undefined {
    while (!this.#off) {
      try {
        return use(this.#file!);
      } catch (error) {
        this.#close();
        if (isForNow(error)) this.#off = true;
        else this.#open({ afresh: true });
      }
    }
  }

  /**
   * A damaged file stays where it is: another process may have it open. The newest one is used, and
   * `gc` removes the folder.
   */
  #open({ afresh = false } = {}): void {
    while (!this.#off) {
      const newest = Math.max(0, ...namesIn(this.#access.folder).map(numberOf));
      const number = afresh || newest === 0 ? newest + 1 : newest;
      if (number > newest && ++this.#filesBegun > MOST_FILES) this.#off = true;
      else {
        try {
          this.#file = new ItemFile(`${this.#access.folder}/${number}.sqlite`);
          return;
        } catch (error) {
          if (isForNow(error) || number > newest) this.#off = true;
          afresh = true;
        }
      }
    }
  }

  #close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }
}

/** 0 for what is no such file. */
const numberOf = (name: string) => Number(/^(\d+)\.sqlite$/.exec(name)?.[1] ?? 0);

/** Another process writes, or the disk is full: the file may be whole. */
const isForNow = (error: unknown) => /locked|busy|full/.test(`${error}`);
