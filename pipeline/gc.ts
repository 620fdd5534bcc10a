export interface GcOptions {
  /** Only say what would go. */
  dryRun?: boolean;
  /** Keep what the newest runs used or made; 10 when left out. */
  keepRuns?: number;
}

export interface Garbage {
  path: string;
  what: "unfinished" | "unused artifact";
  bytes: number;
}

/** Removes what killed runs left behind and artifacts that the newest runs do not use. */
export function gc(_store: string, _options: GcOptions = {}): Promise<Garbage[]> {
  throw new Error("under construction");
}
