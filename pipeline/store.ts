/**
 * Where results are kept, as the rest of the orchestrator sees it. A new kind of store is a folder
 * in `store/` that implements these, and a line in `implementations.ts`.
 */
import type { Json } from "./digest.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { LiveSteps, RunRecord } from "./run_record.ts";
import type { Tree } from "./tree.ts";
import type { Upkeep } from "./upkeep/holding.ts";

/** Where an artifact comes from; written last, so an artifact without one does not exist. */
export interface Manifest {
  step: string;
  key: string;
  /** What the key was made of. */
  fingerprint: Fingerprint;
  /** Digests of the step's code with its comments and formatting, which the key does not see. */
  texts: Record<string, string>;
  /** Every file with size and SHA-256. */
  tree: Tree;
  /** Of the whole tree: equal content lies in one place. */
  content: string;
  /** Of what counts as the result; enters the keys of the steps downstream. */
  digest: string;
  /** Key of the checkpoints that a longer attempt can go on from. */
  checkpoints?: string;
  /** Keys of the caches of items that the step had, by name. */
  itemCaches?: Record<string, string>;
  /** Outputs in which files are links to the user's own, which may have changed since. */
  linked?: readonly string[];
  /** What the step reported. */
  result?: Json;
  /** The run that made it, on what, when it had finished (ISO 8601) and how long it took. */
  made: { run: string; at: string; seconds: number; deno: string; platform: string };
}

export interface Artifact {
  /** The folder with the step's outputs. */
  path: string;
  manifest: Manifest;
}

export interface Lookup {
  artifact?: Artifact;
  /** There was one, but it is not what was published: what is wrong with it. */
  damage?: string;
  /** None is on this machine, but one on another is. */
  elsewhere?: Elsewhere;
  /** What went wrong in stores on other machines, in words; each is told once. */
  notes?: readonly string[];
}

/** An artifact in a store on another machine. */
export interface Elsewhere {
  manifest: Manifest;
  /** What messages call that store. */
  from: string;
  /**
   * Has it in one's own store.
   *
   * @throws {StoreError} when it cannot be had, or is not what was published: it is not found again
   */
  bring(options?: BringOptions): Promise<Artifact>;
}

export interface BringOptions {
  /** Told how many bytes more are there. */
  onBytes?: (bytes: number) => void;
}

/** Where others find what one made. */
export interface Sharing {
  /** What messages call it. */
  readonly to: string;
  /** @throws {StoreError} when it cannot be shared */
  share(artifact: Artifact): Promise<Shared>;
}

/** What had to be sent; nothing of what was there. */
export interface Shared {
  files: number;
  bytes: number;
}

/** What can be asked of every store, also of one that is only read. */
export interface ReadableStore {
  /** Looks for an artifact and checks its manifest and its files' sizes, but of those that are linked. */
  find(step: string, key: string): Promise<Lookup>;
  /** Of which steps there may be artifacts; of all others there are none. Undefined: of any. */
  steps(): Promise<Set<string> | undefined>;
  /** Manifests of a step, newest first, at most `limit`. */
  manifests(step: string, limit?: number): Promise<Manifest[]>;
  /** A file of code that artifacts were made with; undefined when it is not kept. */
  text(digest: string): Promise<string | undefined>;
}

export interface WaitOptions {
  signal?: AbortSignal;
  /** Called once, if there is a wait at all. */
  onWait?: () => void;
}

/** A store to make artifacts in. A folder that it names is one of this machine. */
export interface Store extends ReadableStore {
  /** What messages call it. */
  readonly name: string;
  /** A folder for what only saves time; it may be missing, and may be removed at any time. */
  readonly cache: string;
  readonly runs: Runs;
  readonly upkeep: Upkeep;
  /** Absent where nothing is shared. */
  readonly sharing?: Sharing;

  /** @throws {StoreError} when a store on another machine cannot be used; absent where there is none */
  reach?(): Promise<void>;
  /** Makes the store where there is none; until this is disposed, nothing is removed from it. */
  use(options?: WaitOptions): Promise<Disposable>;
  /** Only its holder may make the artifact of this key; undefined while another one holds it. */
  tryLock(step: string, key: string): Promise<Disposable | undefined>;
  /** As `tryLock`, but waits. */
  lock(step: string, key: string, options?: WaitOptions): Promise<Disposable>;
  /**
   * What is wrong with an artifact's content, all of which is read; or with that of some of its
   * files, and of those in folders that are named.
   */
  inspect(artifact: Artifact, names?: readonly string[]): Promise<string | undefined>;
  /** `find` does not give this artifact again, if it is one of this store's own. */
  forget(artifact: Artifact): Promise<void>;
  /** The folder of a step's checkpoints, in which `run` works from now on; emptied if `afresh`. */
  checkpoints(step: string, key: string, run: string, afresh: boolean): Promise<string>;
  /** The folder of a cache of items, which `run` uses from now on; others may use it as well. */
  itemCache(name: string, key: string, run: string): Promise<string>;

  /** An empty folder to write an artifact in. */
  draft(step: string): Promise<string>;
  /**
   * Reads and hashes a draft.
   *
   * @param linked folders of it in which links may lie, which are read through
   */
  seal(draft: string, linked?: readonly string[]): Promise<Tree>;
  /** Makes a sealed draft findable at once, for whoever looks; for good, see `settle`. */
  publish(draft: string, manifest: Manifest): Promise<Artifact>;
  /**
   * Waits until what was published would outlast the machine's loss of power. Before that, such a loss
   * may cost what was published last: it is not found then, or found damaged, and made anew.
   *
   * @throws {Error} when the disk refused some of it, which is not found any more
   */
  settle(): Promise<void>;
  /** Removes a draft that came to nothing. */
  discard(draft: string): Promise<void>;
  /** Keeps a file of code under its digest; failing to is no harm. */
  keepText(digest: string, path: string): Promise<void>;
}

/** Of the process that is at a run. */
export interface Attendance extends Disposable {
  /** Replaces what the run is at. Failing to is no harm. */
  tell(steps: LiveSteps): void;
}

/** Records of runs, and names that people give to them. */
export interface Runs {
  /** A new run: its name is unique and sorts after all others; a folder for its logs. */
  begin(): Promise<{ id: string; folder: string }>;
  /** Replaces what was written of the run. */
  write(record: RunRecord): Promise<void>;
  /** Names of all runs, newest first. */
  ids(): Promise<string[]>;
  /** Undefined when there is no record, or none that can be read. */
  read(id: string): Promise<RunRecord | undefined>;
  /** That this process is at the run, which others can see until this is disposed, or the process dies. */
  attend(id: string): Promise<Attendance>;
  /** Whether a process is at the run; a record that says "running" otherwise is of a killed one. */
  isAttended(id: string): Promise<boolean>;
  /** What a run that is not over, or was killed, is at or was. */
  live(id: string): Promise<LiveSteps | undefined>;
  /** The end of a step's log, at most so many bytes of it; undefined where it has none. */
  log(id: string, step: string, most: number): Promise<string | undefined>;
  /** Changes the text of a run's logs. */
  rewriteLogs(id: string, change: (text: string) => string): Promise<void>;
  /** Runs by the names that they are pinned as. */
  pins(): Promise<Map<string, string>>;
  pin(name: string, run: string): Promise<void>;
  unpin(name: string): Promise<void>;
}
