/** Names of everything in a store's folder. */
import type { Manifest } from "../store.ts";
import { statOrNull } from "./folder.ts";
import { keepFile } from "./json_file.ts";

export class Layout {
  /** What says that a folder is a store, to who cannot list it. */
  static readonly MARK_TEXT = '{ "what": "a store of results, made by steps", "version": 1 }\n';

  readonly root: string;
  readonly mark: string;
  /** Drafts; whatever lies here while no run goes on is garbage. */
  readonly drafts: string;
  /** Manifests: `entries/<step>/<key>.json`. */
  readonly entries: string;
  /** Content, found by what it is, so equal results of different keys share it. */
  readonly artifacts: string;
  /** Steps' checkpoints: `checkpoints/<step>/<key>`, with the name of the last run that used them. */
  readonly checkpoints: string;
  /** Results of single items: `items/<name>/<key>`, with the name of the last run that used them. */
  readonly items: string;
  readonly locks: string;
  readonly runs: string;
  /** What a cluster's jobs and the orchestrator leave each other. */
  readonly jobs: string;
  /** Names given to runs. */
  readonly pins: string;
  /** Code that artifacts were made with, by digest. */
  readonly code: string;
  /** Digests and module graphs; can be removed at any time. */
  readonly cache: string;

  constructor(root: string) {
    this.root = root.replace(/(?<=.)[/\\]+$/, "");
    this.mark = `${this.root}/store.json`;
    this.drafts = `${this.root}/tmp`;
    this.entries = `${this.root}/entries`;
    this.artifacts = `${this.root}/artifacts`;
    this.checkpoints = `${this.root}/checkpoints`;
    this.items = `${this.root}/items`;
    this.locks = `${this.root}/locks`;
    this.runs = `${this.root}/runs`;
    this.jobs = `${this.root}/jobs`;
    this.pins = `${this.root}/pins`;
    this.code = `${this.root}/code`;
    this.cache = `${this.root}/cache`;
  }

  create(): void {
    const isNew = !this.exists();
    for (
      const folder of [
        this.drafts,
        this.entries,
        this.artifacts,
        this.locks,
        this.runs,
        this.code,
        `${this.cache}/closures`,
      ]
    ) {
      Deno.mkdirSync(folder, { recursive: true });
    }
    const keep = (path: string, text: string) => keepFile(path, new TextEncoder().encode(text));
    if (!statOrNull(this.mark)) keep(this.mark, Layout.MARK_TEXT);
    // It may lie in a folder that its user keeps by Git; what was there before is not passed over.
    if (isNew) keep(`${this.root}/.gitignore`, "*\n");
  }

  exists(): boolean {
    try {
      return Deno.statSync(this.root).isDirectory;
    } catch {
      return false;
    }
  }

  entry(step: string, key: string): string {
    return `${this.entries}/${step}/${key}.json`;
  }

  artifact({ step, content }: Pick<Manifest, "step" | "content">): string {
    // Half of the digest keeps paths short and still never meets another.
    return `${this.artifacts}/${step}/${content.slice(0, 32)}`;
  }

  checkpoint(step: string, key: string): string {
    return `${this.checkpoints}/${step}/${key}`;
  }

  itemCache(name: string, key: string): string {
    return `${this.items}/${name}/${key}`;
  }

  /** Where a file of code is kept. */
  text(digest: string): string {
    return `${this.code}/${digest.slice(0, 32)}`;
  }

  lock(step: string, key: string): string {
    return `${this.locks}/${step}.${key}`;
  }

  /** Held shared by every run, alone by who removes things. */
  get storeLock(): string {
    return `${this.locks}/store`;
  }
}
