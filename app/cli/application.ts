/** What the command line drives, and what a command of it is given. */
import type { Setting } from "../../pipeline/expand.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { Flags } from "./flags.ts";

/** A program with this command line; nothing else in cli/ knows of images. */
export interface Application {
  pipeline: Pipeline;
  /** Where artifacts are kept by default: an absolute path. */
  defaultStore: string;
  /** Each step's parameters, and what was decided on the way, for people. */
  configure(flags: Flags, folder: string, store: string): Promise<{
    parameters: Record<string, unknown>;
    notes: string[];
  }>;
  /** What there is to say when a run is over, for people; undefined where it did not come so far. */
  conclude?(record: RunRecord, store: string): string | undefined;
  /** One graph for several settings, as `configure` gave them. */
  sweep(settings: readonly Setting[]): SweptPipeline;
  /** Commands of its own, such as `predict`: they return an exit code. */
  commands: Record<string, Command>;
}

export interface SweptPipeline {
  pipeline: Pipeline;
  parameters: Record<string, unknown>;
  /** What a run of it found, for people; undefined for a run that did not come so far. */
  conclude(record: RunRecord): string | undefined;
}

export interface Command {
  usage: string;
  help: string;
  /** Whether flags with several values mean a sweep to it; it refuses them otherwise. */
  sweeps?: boolean;
  run(context: CommandContext): Promise<number>;
}

export interface CommandContext {
  flags: Flags;
  /** Arguments after the command that are no flags. */
  operands: string[];
  /** Where the user stands; relative paths are meant against it. */
  folder: string;
  store: string;
  /** Further stores, only read: absolute paths. */
  readFrom: string[];
  signal: AbortSignal;
  /** One JSON object a line, on stdout. */
  json(value: unknown): void;
  /** For people: stderr where stdout is for JSON. */
  say(line: string): void;
}
