/** What the command line drives: commands, and a pipeline that some of them run and look at. */
import * as v from "valibot";
import type { Setting } from "../../pipeline/expand.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { Command } from "./command.ts";
import type { FlagEntries, FlagsSchema } from "./flag.ts";

/** A program with this command line; nothing else in cli/ knows what it is about. */
export interface Application {
  name: string;
  /** Of semantic versioning. */
  version: string;
  /** What it is for, in a few words. */
  about: string;
  commands: readonly Command[];
  /** The command where none is named. */
  defaultCommand: string;
  /** What each step of the pipeline does, in a line: steps are run by their names. */
  steps: Readonly<Record<string, string>>;
  /** Where artifacts are kept by default: an absolute path. */
  defaultStore: string;
  /** What stands before a command's name where it is typed: `deno task`. */
  called: string;
  /**
   * Whatever is printed, as it may be and should be: without secrets, which earlier versions kept and
   * people mistype, and with commands as they are called here.
   */
  reworded?(text: string): string;
}

/** The pipeline of a program, for the commands about it. */
export interface Program {
  /**
   * Made when it is asked for: not every command needs it.
   * @param flags which may decide what steps there are; the defaults when left out
   */
  pipeline(flags?: unknown): Promise<Pipeline>;
  settings: Settings;
  /** A page's text with its commands as they are typed here; as it is where left out. */
  asTyped?(text: string): string;
  /** What environment variables that steps read are for, by name: words that go on after "it is". */
  variables?: Readonly<Record<string, string>>;
  /** One graph for several settings. */
  sweep(pipeline: Pipeline, settings: readonly Setting[]): SweptPipeline;
  /**
   * What to expect now that a step has to run, in a line for people; undefined where there is nothing
   * to say.
   *
   * @param folder that paths among the flags are meant from
   * @param signal aborted when the run is over
   */
  expect?(
    step: string,
    flags: unknown,
    at: { folder: string; store: string; signal: AbortSignal },
  ): Promise<string | undefined>;
  /**
   * What is still to be done when a run is over, a sweep's too; and what there is to say of it, for
   * people: undefined where it did not come so far.
   */
  conclude?(record: RunRecord, store: string): Said | Promise<Said>;
}

/** What there is to say at the end, line by line; a line may end in a path that can be opened. */
export type Conclusion = readonly (string | { text: string; path: string })[];

type Said = Conclusion | undefined;

/** The flags that decide what is run, and what they come to. */
export interface Settings {
  flags: FlagsSchema;
  /**
   * Whether the values of a flag, said as a list, are one setting with these flags: it then has them
   * all, as an array. An axis of a sweep where left out.
   */
  isOneSetting?(name: string, flags: unknown): boolean;
  resolve(flags: unknown, folder: string, store: string): Promise<ResolvedSettings>;
}

export interface ResolvedSettings {
  /** Parameters by step. */
  parameters: Record<string, unknown>;
  /** What was decided on the way, for people. */
  notes: string[];
}

export interface SweptPipeline {
  pipeline: Pipeline;
  parameters: Record<string, unknown>;
  /** What a run of it found, for people; undefined for a run that did not come so far. */
  conclude(record: RunRecord, store: string): Said | Promise<Said>;
}

export function defineSettings<Entries extends FlagEntries>(
  flags: FlagsSchema<Entries>,
  resolve: (
    flags: v.InferOutput<FlagsSchema<Entries>>,
    folder: string,
    store: string,
  ) => Promise<ResolvedSettings>,
  isOneSetting?: (name: string, flags: v.InferOutput<FlagsSchema<Entries>>) => boolean,
): Settings {
  // Who resolves flags has parsed them by this very schema.
  return {
    flags,
    resolve: resolve as Settings["resolve"],
    isOneSetting: isOneSetting as Settings["isOneSetting"],
  };
}

/**
 * The flags of a command about the pipeline: first those that decide what is run, which only the
 * program looks at, then the command's own.
 */
export function withSettings<Entries extends FlagEntries>(
  { settings }: Program,
  own: FlagsSchema<Entries>,
): FlagsSchema<Entries> {
  const entries: FlagEntries = { ...settings.flags.entries, ...own.entries };
  return v.object(entries) as FlagsSchema as FlagsSchema<Entries>;
}
