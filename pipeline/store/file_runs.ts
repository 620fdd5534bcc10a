// deno-lint-ignore-file require-await -- promises are the interface's: a disk is asked at once
/** Records of runs, `runs/<id>/record.json`, beside the logs of their steps; pins, `pins/<name>.json`. */
import { type LiveSteps, runIdAt, type RunRecord } from "../run_record.ts";
import type { Attendance, Runs } from "../store.ts";
import { discard, namesIn, statOrNull } from "./folder.ts";
import { keepJson, readJson, writeJson } from "./json_file.ts";
import type { Layout } from "./layout.ts";
import { tryLock } from "./lock.ts";

export class FileRuns implements Runs {
  constructor(private readonly layout: Layout) {}

  /** Whatever the clock says, its name sorts after all others. */
  async begin(now = Date.now()): Promise<{ id: string; folder: string }> {
    const { runs } = this.layout;
    const newest = namesIn(runs).at(-1);
    let time = newest ? Math.max(now, timeOf(newest) + 1) : now;
    for (;; time++) {
      const id = runIdAt(time);
      try {
        Deno.mkdirSync(`${runs}/${id}`);
        return { id, folder: `${runs}/${id}` };
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }

  // Not lasting through the loss of power: a record is written often, and no result rests on it.
  async write(record: RunRecord): Promise<void> {
    writeJson(`${this.layout.runs}/${record.id}/record.json`, record, { durable: false });
  }

  async ids(): Promise<string[]> {
    return namesIn(this.layout.runs).reverse();
  }

  async read(id: string): Promise<RunRecord | undefined> {
    return readJson(`${this.layout.runs}/${id}/record.json`);
  }

  async attend(id: string): Promise<Attendance> {
    const { lock, live } = this.#of(id);
    // Where a file system knows no locks, nobody sees who is at a run; the run itself needs none.
    const held = await tryLock(lock, "exclusive").catch(() => undefined);
    return {
      tell: (steps) => keepJson(live, steps),
      [Symbol.dispose]: () => {
        discard(live);
        held?.[Symbol.dispose]();
      },
    };
  }

  async isAttended(id: string): Promise<boolean> {
    const { lock } = this.#of(id);
    if (!statOrNull(lock)) return false;
    const held = await tryLock(lock, "shared");
    held?.[Symbol.dispose]();
    return held === undefined;
  }

  async live(id: string): Promise<LiveSteps | undefined> {
    return readJson(this.#of(id).live);
  }

  async log(id: string, step: string, most: number): Promise<string | undefined> {
    const path = `${this.layout.runs}/${id}/${step}.log`;
    const size = statOrNull(path)?.size;
    if (size === undefined) return undefined;
    using file = Deno.openSync(path);
    file.seekSync(Math.max(0, size - most), Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.min(size, most));
    let read = 0;
    for (let n; read < bytes.length && (n = file.readSync(bytes.subarray(read)));) read += n;
    return new TextDecoder().decode(bytes.subarray(0, read));
  }

  async rewriteLogs(id: string, change: (text: string) => string): Promise<void> {
    const folder = `${this.layout.runs}/${id}`;
    for (const name of namesIn(folder).filter((name) => name.endsWith(".log"))) {
      const text = Deno.readTextFileSync(`${folder}/${name}`);
      const changed = change(text);
      if (changed !== text) Deno.writeTextFileSync(`${folder}/${name}`, changed);
    }
  }

  async pins(): Promise<Map<string, string>> {
    const names = namesIn(this.layout.pins).filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length));
    return new Map(names.flatMap((name) => {
      const pin = readJson<{ run: string }>(this.#pin(name));
      return pin ? [[name, pin.run] as const] : [];
    }));
  }

  async pin(name: string, run: string): Promise<void> {
    Deno.mkdirSync(this.layout.pins, { recursive: true });
    writeJson(this.#pin(name), { run });
  }

  async unpin(name: string): Promise<void> {
    Deno.removeSync(this.#pin(name));
  }

  #of(id: string) {
    const folder = `${this.layout.runs}/${id}`;
    return { lock: `${folder}/lock`, live: `${folder}/live.json` };
  }

  #pin(name: string): string {
    return `${this.layout.pins}/${name}.json`;
  }
}

/** 0 for a folder that is no run's. */
const timeOf = (id: string) => Date.parse(id.replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3")) || 0;
