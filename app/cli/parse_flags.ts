/** From what was typed to the typed flags of a command, checked by its schema. */
import * as v from "valibot";
import type { GivenFlag } from "./arguments.ts";
import type { Axis, Command } from "./command.ts";
import { UsageError } from "./errors.ts";
import { expectation, optionsOf } from "./expectation.ts";
import { factsOf, type Flag, type FlagEntries } from "./flag.ts";
import { nearest } from "./nearest.ts";
import { listOf } from "./value_list.ts";

export interface ParsedFlags {
  /** As the command's schema types them. */
  flags: Record<string, unknown>;
  axes: Axis[];
  /** The flags that decide what is computed, as they were typed, for a shell. */
  typed: string[];
}

type Taker = Pick<Command, "name" | "flags">;

/** What was typed, each value fit for its flag. */
interface ReadFlags extends Omit<ParsedFlags, "flags"> {
  raw: Record<string, unknown>;
}

/**
 * @param commands all there are: a flag that `command` does not take may be another's
 * @throws {UsageError} naming the flag, what was wrong and what is right
 */
export function parseFlags(
  command: Taker,
  given: readonly GivenFlag[],
  commands: readonly Taker[],
): ParsedFlags {
  const { raw, ...read } = readFlags(command, given, commands);
  const { success, issues, output } = v.safeParse(command.flags, raw, { abortEarly: true });
  if (success) return { flags: output, ...read };
  const name = issues[0].path![0].key as string;
  const schema = command.flags.entries[name];
  throw new UsageError(`${command.name} takes --${name}, ${expectation(schema)}`);
}

/** As `parseFlags`, for flags of which those that must be there may still be missing. */
export function readFlags(
  command: Taker,
  given: readonly GivenFlag[],
  commands: readonly Taker[],
): ReadFlags {
  const entries = command.flags.entries;
  const foreign = given.find(({ name }) => !(name in entries));
  if (foreign) throw refused(foreign, command, commands);
  const raw: ReadFlags["raw"] = {};
  for (const { name, text = true } of given) {
    const { multiple } = factsOf(entries[name]);
    raw[name] = multiple ? [...raw[name] as string[] ?? [], text] : text;
  }
  const axes: Axis[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const isList = factsOf(entries[name]).axis === "list";
    const values = isList ? listOf(value as string) : [value];
    const axis = axisOf(name, entries[name], values);
    if (values.length === 1) {
      raw[name] = values[0];
      continue;
    }
    if (!("sweep" in entries)) {
      throw new UsageError(`${command.name} takes one --${name}, not ${values.join(", ")}`);
    }
    axes.push(axis);
    delete raw[name];
  }
  for (const text of raw.sweep as string[] ?? []) {
    const { name, values } = sweepOf(text, entries);
    if (axes.some((other) => other.name === name) || raw[name] !== undefined) {
      throw new UsageError(
        `--${name} is given twice, once by --sweep ${text}: say all values there`,
      );
    }
    axes.push({ ...axisOf(name, entries[name], values), bySweep: true });
  }
  return { raw, axes, typed: inShell(given, entries) };
}

/** @throws {UsageError} for a value that does not fit */
function axisOf(name: string, schema: Flag, given: unknown[]): Axis {
  const values = given.map((label) => {
    const { success, output } = v.safeParse(schema, label);
    const shown = shownBy(schema, String(label));
    if (success) return { label: shown, value: output };
    const near = nearest(String(label), optionsOf(schema) ?? []);
    throw new UsageError(
      `--${name} is "${shown}", but takes ${expectation(schema)}` +
        (near ? `: did you mean ${near}?` : ""),
    );
  });
  return { name, values };
}

/** Of `--sweep lr=1e-3,1e-2`. */
function sweepOf(text: string, entries: FlagEntries): { name: string; values: string[] } {
  const [, name, list] = /^(?:--)?([^=]+)=(.*)$/s.exec(text) ?? [];
  const known = Object.keys(entries).filter((flag) => factsOf(entries[flag]).axis);
  if (!known.includes(name)) {
    const near = nearest(name ?? text, known);
    throw new UsageError(
      `--sweep takes FLAG=VALUES, such as lr=1e-3,1e-2 or seed=0..4, not "${text}": ` +
        (near ? `did you mean ${near}?` : `flags to sweep over are ${known.join(", ")}`),
    );
  }
  return { name, values: listOf(list) };
}

function refused(
  { name, typed }: GivenFlag,
  command: Taker,
  commands: readonly Taker[],
): UsageError {
  const takers = commands.filter(({ flags }) => name in flags.entries).map(({ name }) => name);
  if (takers.length > 0) {
    const those = new Intl.ListFormat("en-GB").format(takers);
    return new UsageError(`${command.name} takes no ${typed}, which is for ${those}`);
  }
  const near = nearest(name, Object.keys(command.flags.entries));
  return new UsageError(`${typed} is no flag${near ? `: did you mean --${near}?` : ""}`);
}

function inShell(given: readonly GivenFlag[], entries: FlagEntries): string[] {
  return given.filter(({ name }) => !factsOf(entries[name]).passing).map((flag) => {
    const text = shownText(flag, entries);
    const whole = text === undefined ? flag.typed : `${flag.typed}=${text}`;
    return quoted(whole);
  });
}

/** As a shell reads it back whole. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const shownBy = (schema: Flag, text: string): string => factsOf(schema).shown?.(text) ?? text;

/** A flag's text as it may be shown, also the values of another flag that a sweep goes through. */
function shownText({ name, text }: GivenFlag, entries: FlagEntries): string | undefined {
  if (text === undefined || name !== "sweep") return text && shownBy(entries[name], text);
  const { name: swept, values } = sweepOf(text, entries);
  return factsOf(entries[swept]).shown
    ? `${swept}=${values.map((value) => shownBy(entries[swept], value)).join(",")}`
    : text;
}
