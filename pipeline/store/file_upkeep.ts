// deno-lint-ignore-file require-await -- promises are the interface's: a disk is asked at once
/** Everything in a store's folder, and what takes it away. */
import type { Manifest, ReadableStore } from "../store.ts";
import type { Holding, Upkeep } from "../upkeep/holding.ts";
import { messageOf } from "../errors.ts";
import { namesIn, statOrNull } from "./folder.ts";
import { readJson } from "./json_file.ts";
import type { Layout } from "./layout.ts";
import { tryLock } from "./lock.ts";
import { walk } from "./read_tree.ts";

export class FileUpkeep implements Upkeep {
  /** @param write puts a manifest in place of the one that is there */
  constructor(
    private readonly layout: Layout,
    private readonly store: ReadableStore,
    private readonly write: (path: string, manifest: Manifest) => void,
  ) {}

  async exists(): Promise<boolean> {
    return this.layout.exists();
  }

  async useAlone(): Promise<Disposable | undefined> {
    this.layout.create();
    return await tryLock(this.layout.storeLock, "exclusive");
  }

  /** Manifests come before what they describe: at no moment does one promise what is gone. */
  async contents(): Promise<Holding[]> {
    const { drafts, artifacts, checkpoints, items, code, runs, jobs } = this.layout;
    return [
      ...within(drafts).map((path) => holding(path, { what: "draft" })),
      ...await this.#manifests(),
      ...within(artifacts).flatMap(within).map((path) => holding(path, { what: "artifact" })),
      ...within(checkpoints).flatMap(within).map((path) =>
        holding(path, { what: "checkpoints", run: lastRunIn(path) })
      ),
      ...within(items).flatMap(within).map((path) =>
        holding(path, { what: "items", run: lastRunIn(path), ...nameAndKeyOf(path) })
      ),
      ...within(code).map((path) => holding(path, { what: "code" })),
      ...namesIn(runs).map((run) => holding(`${runs}/${run}`, { what: "run", run })),
      ...within(jobs).flatMap(within).map((path) =>
        holding(path, { what: "job", touched: lastChangeIn(path) })
      ),
    ];
  }

  async #manifests(): Promise<Holding[]> {
    const { layout } = this;
    const all = (await Promise.all(
      namesIn(layout.entries).map((step) => this.store.manifests(step)),
    )).flat();
    return all.map((manifest) => {
      const { step, key, fingerprint, checkpoints, itemCaches = {} } = manifest;
      const texts = Object.values(fingerprint.files).filter((digest) => digest !== null);
      return holding(layout.entry(step, key), {
        what: "manifest",
        manifest,
        artifact: layout.artifact(manifest),
        checkpoints: checkpoints && layout.checkpoint(step, checkpoints),
        items: Object.entries(itemCaches).map(([name, key]) => layout.itemCache(name, key)),
        code: texts.map((digest) => layout.text(digest)),
      });
    }).sort((a, b) => a.path < b.path ? -1 : 1);
  }

  async rewrite(
    step: string,
    change: (manifest: Manifest) => Manifest | undefined,
  ): Promise<void> {
    for (const manifest of await this.store.manifests(step)) {
      const changed = change(manifest);
      if (!changed) continue;
      const path = this.layout.entry(step, manifest.key);
      const { mtime } = Deno.statSync(path);
      this.write(path, changed);
      // By it the newest are found.
      if (mtime) Deno.utimeSync(path, mtime, mtime);
    }
  }

  async inspectItems(path: string): Promise<string | undefined> {
    const { ItemFile } = await import("./item_file.ts");
    const problems = within(`${path}/values`).filter((file) => file.endsWith(".sqlite"))
      .map((file) => {
        const name = file.slice(path.length + 1);
        try {
          using opened = new ItemFile(file);
          const { items, damaged } = opened.count();
          return damaged > 0 ? `${damaged} of ${items} items in ${name} are damaged` : undefined;
        } catch (error) {
          return `${name} cannot be read (${messageOf(error)})`;
        }
      });
    return problems.find((problem) => problem !== undefined);
  }

  async remove(path: string): Promise<void> {
    Deno.removeSync(path, { recursive: true });
  }
}

const lastRunIn = (path: string) => readJson<{ run: string }>(`${path}/run.json`)?.run;

function nameAndKeyOf(path: string): { name: string; key: string } {
  const [name, key] = path.split("/").slice(-2);
  return { name, key };
}

function lastChangeIn(folder: string): number {
  const { files } = walk(folder);
  const times = [folder, ...files.map((file) => `${folder}/${file}`)]
    .map((path) => Number(statOrNull(path)?.mtime ?? 0));
  return times.reduce((last, time) => Math.max(last, time), 0);
}

const within = (folder: string) => namesIn(folder).map((name) => `${folder}/${name}`);

type What<H> = H extends unknown ? Omit<H, "path" | "bytes"> : never;

/** Its size is found out when it is asked for: that of a large artifact takes a while. */
function holding(path: string, what: What<Holding>): Holding {
  return {
    ...what,
    path,
    get bytes() {
      const files = Deno.statSync(path).isFile
        ? [path]
        : walk(path).files.map((file) => `${path}/${file}`);
      return files.reduce((sum, file) => sum + (statOrNull(file)?.size ?? 0), 0);
    },
  } as Holding;
}
