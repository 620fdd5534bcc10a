/** A command: what it is called, what it takes, and what it does. */
import * as v from "valibot";
import { COMMON, type CommonFlags } from "./shared_flags.ts";
import type { FlagEntries, FlagsSchema } from "./flag.ts";

/** Arguments after the command that are no flags. */
export interface Operands<Values extends readonly string[] = readonly string[]> {
  schema: v.GenericSchema<unknown, Values>;
  /** In `--help`: `RUN RUN`. */
  usage: string;
  /** What is right, in words that go on after "the command takes". */
  takes: string;
}

/** A command as it is declared, typed by its flags and operands. */
export interface CommandDeclaration<
  Entries extends FlagEntries,
  Values extends readonly string[],
> {
  /** As `deno task` has it. */
  name: string;
  /** Another name for it. */
  alias?: string;
  /** Heading in the overview. */
  group: string;
  /** One line. */
  summary: string;
  /** What else is to be known, in its own help. */
  details?: string;
  operands?: Operands<Values>;
  flags: FlagsSchema<Entries>;
  /** @returns an exit code */
  run(context: CommandContext<v.InferOutput<FlagsSchema<Entries>>, Values>): Promise<number>;
}

/** Any command, as the command line drives it. */
export interface Command extends Omit<CommandDeclaration<FlagEntries, readonly string[]>, "run"> {
  operands: Operands;
  run(context: CommandContext<unknown>): Promise<number>;
}

/** The declared command, with the flags that every command takes. */
export function defineCommand<
  Entries extends FlagEntries,
  const Values extends readonly string[] = readonly [],
>(declaration: CommandDeclaration<Entries, Values>): Command {
  return {
    ...declaration,
    operands: declaration.operands ?? flagsAlone(),
    flags: v.object({ ...declaration.flags.entries, ...COMMON.entries }),
    // The command line parses by this very schema, and by no other, before it runs the command.
    run: declaration.run as Command["run"],
  };
}

/** No operands. @param hint what to say instead of one */
export function flagsAlone(hint = ""): Operands<readonly []> {
  return { schema: v.strictTuple([]), usage: "", takes: `flags alone${hint}` };
}

/** Operands of any number. */
export const anyOperands = v.array(v.string());

/** A flag with the values that a sweep goes through. */
export interface Axis {
  name: string;
  values: { label: string; value: unknown }[];
  /** Said by --sweep, and not by a list of values. */
  bySweep?: true;
}

export interface CommandContext<Flags, Values extends readonly string[] = readonly string[]> {
  flags: Flags & CommonFlags;
  operands: Values;
  /** Flags with several values; these have none, or their default, among `flags`. */
  axes: readonly Axis[];
  /** Names of the flags that were said. */
  given: ReadonlySet<string>;
  /** The flags that decide what is computed, as they were typed, for a shell. */
  typed: readonly string[];
  /** Where the user stands; relative paths are meant against it. */
  folder: string;
  store: string;
  /** Further stores, only read: absolute paths, and addresses. */
  readFrom: string[];
  signal: AbortSignal;
  /** One JSON object a line, on stdout. */
  json(value: unknown): void;
  /** For people: stderr where stdout is for JSON. Nothing in the text can steer a terminal. */
  say(text: string): void;
  /** For people, on stderr whatever stdout is for. */
  warn(text: string): void;
  /** As `say`, for a path that terminals open on a click. */
  sayPath(path: string, indent: string): void;
}

/** What a command with these flags is given, for a body that lives in a file of its own. */
export type ContextOf<
  Flags extends FlagsSchema,
  Values extends readonly string[] = readonly string[],
> = CommandContext<v.InferOutput<Flags>, Values>;
