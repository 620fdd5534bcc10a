/**
 * Values by key in one file, for hundreds of thousands of small ones: SQLite's. It is a cache, so
 * nothing in it is waited for to be on the disk; what a crash or a disk did to it shows in a sum that
 * is kept with each value.
 */
import { createHash } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** How long another process that writes is waited for. */
const PATIENCE_MS = 5000;
/** Of a digest: enough to tell chance damage. */
const SUM_BYTES = 16;

const TABLE = "CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, sum BLOB, value BLOB)";

export class ItemFile implements Disposable {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;

  /**
   * @param path made if it does not exist
   * @throws {Error} when it cannot be used
   */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: PATIENCE_MS });
    try {
      // A journal beside the file makes a killed process's last write vanish whole.
      this.#database.exec(`PRAGMA synchronous=OFF; PRAGMA journal_mode=TRUNCATE; ${TABLE}`);
      this.#insert = this.#database.prepare("INSERT OR REPLACE INTO items VALUES (?, ?, ?)");
      this.#select = this.#database.prepare("SELECT sum, value FROM items WHERE key = ?");
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * Undefined when it is not there, or damaged.
   *
   * @throws {Error} when the file as a whole is
   */
  get(key: string): Uint8Array<ArrayBuffer> | undefined {
    const row = this.#select.get(key);
    return row && isIntact(key, row) ? row.value as Uint8Array<ArrayBuffer> : undefined;
  }

  /**
   * All of them, or none.
   *
   * @throws {Error} when they cannot be written, or not be found again: so damage to what leads to
   *   values shows, which nothing else would tell from a value that was never kept
   */
  put(items: ReadonlyMap<string, Uint8Array>): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const [key, value] of items) this.#insert.run(key, sumOf(key, value), value);
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    for (const key of items.keys()) {
      if (!this.get(key)) throw new Error("what was written is not found again");
    }
  }

  /**
   * How many there are, and how many of them are damaged.
   *
   * @throws {Error} when the file as a whole is
   */
  count(): { items: number; damaged: number } {
    const { quick_check: check } = this.#database.prepare("PRAGMA quick_check(1)").get() ?? {};
    if (check !== "ok") throw new Error(`${check}`.split("\n").at(-1));
    let items = 0, damaged = 0;
    const all = this.#database.prepare("SELECT key, sum, value FROM items");
    for (const row of all.iterate()) {
      items++;
      if (!isIntact(`${row.key}`, row)) damaged++;
    }
    return { items, damaged };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function isIntact(key: string, { sum, value }: ReturnType<StatementSync["get"]> & object): boolean {
  if (!(sum instanceof Uint8Array && value instanceof Uint8Array)) return false;
  const right = sumOf(key, value);
  return sum.length === right.length && right.every((byte, i) => byte === sum[i]);
}

const sumOf = (key: string, value: Uint8Array) =>
  createHash("sha256").update(key).update(value).digest().subarray(0, SUM_BYTES);
