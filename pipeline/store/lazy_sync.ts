/**
 * Has the disk hold files for good, behind the back of who wrote them: what comes while the disk is
 * busy waits for the next turn, and a disk takes many requests at once in the time that it takes for
 * one.
 */
import { mapInParallel } from "./read_tree.ts";
import { statOrNull } from "./folder.ts";

/** What belongs together: files and folders, in any order. */
export interface Unheld {
  paths: readonly string[];
  /** The disk refused it: it may not be what was written. */
  onFailure(): void;
}

export class LazySync {
  #waiting: Unheld[] = [];
  #working?: Promise<void>;
  #failure?: { error: unknown };

  add(unheld: Unheld): void {
    this.#waiting.push(unheld);
    this.#working ??= this.#work().finally(() => this.#working = undefined);
  }

  /**
   * Waits until the disk holds all that was added.
   *
   * @throws {Error} when it refused some of it since this was asked last
   */
  async finish(): Promise<void> {
    while (this.#working) await this.#working;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const turn = this.#waiting.splice(0);
      const paths = new Set(turn.flatMap(({ paths }) => paths));
      const refused = new Set<string>();
      await mapInParallel([...paths], async (path) => {
        try {
          await sync(path);
        } catch (error) {
          refused.add(path);
          this.#failure ??= { error };
        }
      });
      for (const { paths, onFailure } of refused.size > 0 ? turn : []) {
        if (paths.some((path) => refused.has(path))) onFailure();
      }
    }
  }
}

async function sync(path: string): Promise<void> {
  // Windows flushes only what is open for writing, and no folders; others may have removed it since.
  const isWindows = Deno.build.os === "windows";
  const info = statOrNull(path);
  if (!info || (isWindows && info.isDirectory)) return;
  using file = await Deno.open(path, { read: true, write: isWindows });
  await file.sync();
}
