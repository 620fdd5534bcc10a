/** Flags as valibot schemas: each parses what is typed, checks it, types it, and documents itself. */
import * as v from "valibot";
import { parseDuration, parseSize } from "./quantities.ts";

/** What the parser and `--help` know of a flag beside its schema. */
export interface FlagFacts {
  /** Name of the value in `--help`; a switch has none. */
  value?: string;
  help: string;
  /** Heading in `--help`, for flags that several commands share: see `grouped`. */
  group?: string;
  /**
   * May have several values, an axis of a sweep each: as a list (`--lr 1e-3,1e-2`), or, where a
   * value may have a comma itself, by --sweep alone.
   */
  axis?: "list" | "sweep";
  /** May be given several times. */
  multiple?: true;
  /** Says how a run goes and what it shows, not what it computes. */
  passing?: true;
  /** A value as it may be shown and kept, where it may hold a secret; two values stay two. */
  shown?: (text: string) => string;
}

/** A schema from what is typed, undefined where the flag is absent, to what a command is given. */
export type Flag<Value = unknown> = v.GenericSchema<unknown, Value>;
export type FlagEntries = Record<string, Flag>;
/** All flags of a command, or a group of them: `entries` is what groups are composed by. */
export type FlagsSchema<Entries extends FlagEntries = FlagEntries> = v.ObjectSchema<
  Entries,
  undefined
>;

type OfValue = FlagFacts & { value: string };

/** @param facts its `default` is text, as it would be typed */
export function flag<T>(schema: Flag<T>, facts: OfValue & { default: string }): Flag<T>;
export function flag<T>(schema: Flag<T>, facts: OfValue & { required: true }): Flag<T>;
export function flag<T>(schema: Flag<T>, facts: OfValue): Flag<T | undefined>;
export function flag<T>(
  schema: Flag<T>,
  { required, default: byDefault, ...facts }: OfValue & { default?: string; required?: true },
): Flag<T | undefined> {
  return required
    ? v.pipe(schema, v.metadata({ flag: facts }))
    : v.pipe(v.optional(schema, byDefault), v.metadata({ flag: facts }));
}

/** A flag without a value. */
export function toggle(facts: Omit<FlagFacts, "value">): Flag<boolean> {
  return v.pipe(v.optional(v.boolean(), false), v.metadata({ flag: facts }));
}

/** A flag that may be given several times. */
export function repeated(facts: OfValue): Flag<string[]> {
  return v.pipe(
    v.optional(v.array(v.string()), []),
    v.metadata({ flag: { ...facts, multiple: true } }),
  );
}

/** The flags of a group, which stand together in `--help`. */
export function grouped<Entries extends FlagEntries>(
  group: string,
  entries: Entries,
): FlagsSchema<Entries> {
  const inGroup = Object.entries(entries).map(([name, schema]) => [
    name,
    v.pipe(schema, v.metadata({ flag: { ...factsOf(schema), group } })),
  ]);
  return v.object(Object.fromEntries(inGroup)) as FlagsSchema<Entries>;
}

/** What `flag`, `toggle` or `repeated` was told. */
export function factsOf(schema: Flag): FlagFacts {
  return v.getMetadata(schema).flag as FlagFacts;
}

/** Anything but nothing. */
export const text = v.pipe(v.string(), v.check((text) => text.trim() !== "", "a value"));

/** A number that `schema` takes, which is best the schema of whatever the number is for. */
export function number(schema: v.GenericSchema<number, number>): Flag<number> {
  return v.pipe(v.string(), v.transform(toNumber), schema);
}

/** A whole number within bounds. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Flag<number> {
  return number(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));
}

/** An age such as `30d`, in seconds. */
export const duration = v.pipe(
  v.string(),
  v.transform(parseDuration),
  v.number("an age such as 30d or 12h"),
);

/** A size such as `10GB`, in bytes. */
export const size = v.pipe(v.string(), v.transform(parseSize), v.number("a size such as 10GB"));

/** NaN, which no schema takes, for what is no number or none that can be reckoned with. */
function toNumber(text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : NaN;
}
