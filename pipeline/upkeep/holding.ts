/** What upkeep asks of a store. */
import type { Manifest } from "../store.ts";

/** For who looks at everything in a store, and removes some of it. */
export interface Upkeep {
  exists(): Promise<boolean>;
  /** As `Store.use`, but for one alone; undefined while someone uses the store. */
  useAlone(): Promise<Disposable | undefined>;
  /** By kind, in the order in which they may be removed, and then by path. */
  contents(): Promise<Holding[]>;
  /** Puts other manifests in place of a step's, under the same keys; undefined: it stays as it is. */
  rewrite(step: string, change: (manifest: Manifest) => Manifest | undefined): Promise<void>;
  /** What is wrong with a cache of items, all of which is read. */
  inspectItems(path: string): Promise<string | undefined>;
  remove(path: string): Promise<void>;
}

/** Something that takes up room in a store. */
export type Holding =
  & { readonly path: string; readonly bytes: number }
  & (
    | { what: "draft" | "artifact" | "code" }
    /** With the paths of what it describes. */
    | {
      what: "manifest";
      manifest: Manifest;
      artifact: string;
      checkpoints?: string;
      items: string[];
      code: string[];
    }
    /** With the last run that worked in them. */
    | { what: "checkpoints"; run?: string }
    | { what: "items"; name: string; key: string; run?: string }
    | { what: "run"; run: string }
    /** What a cluster's job was given and left; when anything of it changed last, in ms since 1970. */
    | { what: "job"; touched: number }
  );
