/** Where artifacts are kept, as the rest of the orchestrator sees it. */
import type { Json } from "./declaration.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { WaitOptions } from "./store/lock.ts";
import type { Tree } from "./store/tree.ts";

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
}

export interface Store {
  /** Looks for an artifact and checks its manifest and its files' sizes. */
  find(step: string, key: string): Lookup;
  /** What is wrong with an artifact's content; `find` does not give a damaged one of ours again. */
  inspect(artifact: Artifact): Promise<string | undefined>;
  /** Of which steps there may be artifacts; of all others there are none. */
  steps(): Set<string>;
  /** Manifests of a step, newest first, at most `limit`. */
  manifests(step: string, limit?: number): Manifest[];
  /** Only its holder may make the artifact of this key; undefined while another one holds it. */
  tryLock(step: string, key: string): Promise<Disposable | undefined>;
  /** As `tryLock`, but waits. */
  lock(step: string, key: string, options?: WaitOptions): Promise<Disposable>;
  /** An empty folder to write an artifact in. */
  draft(step: string): string;
  /** Makes a finished draft findable, at once and for good. */
  publish(draft: string, manifest: Manifest): Promise<Artifact>;
  /** Removes a draft that came to nothing. */
  discard(draft: string): void;
  /** The folder of a step's checkpoints, in which `run` works from now on; emptied if `afresh`. */
  checkpoints(step: string, key: string, run: string, afresh: boolean): string;
}
