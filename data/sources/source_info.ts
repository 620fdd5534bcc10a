import type { Split } from "../dataset_index.ts";

/** What is recorded of a source: nothing that depends on the machine or on the way the bytes took. */
export interface SourceInfo {
  kind: "hymenoptera" | "folder" | "zip" | "tar" | "url" | "pypi";
  /** The official address, the address given, `pypi:NAME==VERSION`, or a folder's or file's name. */
  origin: string;
  /**
   * SHA-256 of the archive. For a folder, zip or tar of one's own, and for hymenoptera (which goes around
   * in two packings), of the photos instead: of a line `DIGEST  PATH` for each, sorted.
   */
  sha256: string;
  licence?: string;
  /** What a person should know: that something else was taken, or that files were left out. */
  note?: string;
  counts: SplitCounts;
}

/** Photos (by torchvision's extensions) of each class, the classes by code point. */
export type SplitCounts =
  & Record<Split, Record<string, number>>
  & { test?: Record<string, number> };
