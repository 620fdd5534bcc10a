/** States that a step keeps while it works, to go on from when it is interrupted or asked for more. */
import { namesIn, removeIfThere } from "../store/folder.ts";
import { readJson, syncFolder, writeJson } from "../store/json_file.ts";
import { findDamageByContent, readTree } from "../store/read_tree.ts";
import type { Tree } from "../tree.ts";

/** How many are kept, counting down from the one just saved: the older one in case of damage. */
const KEPT = 2;

export interface Checkpoint {
  /** How far the step had come: epochs, say. */
  position: number;
  /** The folder with its state. */
  path: string;
}

/**
 * @example
 * ```ts ignore
 * const checkpoints = new Checkpoints(step.checkpoints);
 * const start = await checkpoints.latest(step.parameters.epochs);
 * const state = start ? await read(start.path) : begin();
 * for (let epoch = start?.position ?? 0; epoch < step.parameters.epochs; epoch++) {
 *   train(state);
 *   await checkpoints.save(epoch + 1, (folder) => write(folder, state));
 * }
 * ```
 */
export class Checkpoints {
  readonly #folder: string;
  #saving: Promise<Checkpoint | undefined> = Promise.resolve(undefined);

  /**
   * @param folder `step.checkpoints`
   * @throws {Error} when the step declares none
   */
  constructor(folder: string | undefined) {
    if (!folder) throw new Error("the step keeps checkpoints: declare checkpointsAcross");
    this.#folder = folder;
  }

  /** The furthest one, but not beyond `limit`, that is as it was saved. */
  async latest(limit = Infinity): Promise<Checkpoint | undefined> {
    for (const position of this.#positions().filter((position) => position <= limit)) {
      const tree = readJson<Tree>(`${this.#at(position)}/tree.json`);
      const path = `${this.#at(position)}/state`;
      if (tree && await findDamageByContent(path, tree) === undefined) return { position, path };
    }
  }

  /** Keeps what `write` puts into a folder, whole or not at all, in place of older ones. */
  async save(position: number, write: (folder: string) => Promise<void>): Promise<Checkpoint> {
    const draft = `${this.#folder}/draft`;
    removeIfThere(draft);
    Deno.mkdirSync(`${draft}/state`, { recursive: true });
    await write(`${draft}/state`);
    writeJson(`${draft}/tree.json`, await readTree(`${draft}/state`, { sync: true }));
    removeIfThere(this.#at(position));
    Deno.renameSync(draft, this.#at(position));
    syncFolder(this.#folder);
    const older = this.#positions().filter((other) => other <= position).slice(KEPT);
    for (const other of older) removeIfThere(this.#at(other));
    return { position, path: `${this.#at(position)}/state` };
  }

  /**
   * As `save`, but returns as soon as `write` waits for something: the rest is done while work goes on, so
   * from then on nothing that it still reads may change. The one before is waited for first.
   *
   * @returns the one before
   * @throws {Error} why that one could not be saved
   */
  async saveBeside(
    position: number,
    write: (folder: string) => Promise<void>,
  ): Promise<Checkpoint | undefined> {
    const before = await this.#saving;
    this.#saving = this.save(position, write);
    this.#saving.catch(() => {}); // thrown to whoever waits for it
    return before;
  }

  /**
   * The one that `saveBeside` began last, once it is whole: to be waited for before a step ends.
   *
   * @throws {Error} why it could not be saved
   */
  saved(): Promise<Checkpoint | undefined> {
    return this.#saving;
  }

  /** The furthest first. */
  #positions(): number[] {
    return namesIn(this.#folder).filter((name) => /^\d+$/.test(name)).map(Number)
      .sort((a, b) => b - a);
  }

  #at(position: number): string {
    return `${this.#folder}/${position}`;
  }
}
