/** From arguments to flags, checked against their table; and the table as help. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { type Axis, type FlagName, FLAGS, type Flags, type FlagSpec } from "./flags.ts";
import { nearest } from "./nearest.ts";
import { listOf } from "./value_list.ts";

/** @throws {UsageError} naming the flag, what was wrong and what is right */
export function parseFlags(args: string[]): Flags {
  const specs = Object.entries(FLAGS) as [FlagName, FlagSpec][];
  const options = Object.fromEntries(specs.map(([name, spec]) => [
    name,
    { type: spec.value ? "string" as const : "boolean" as const, multiple: spec.multiple === true },
  ]));
  const { values: { sweep = [], ...values }, positionals, tokens } = parse(args, options);
  const axes: Axis[] = [];
  for (const [name, spec] of specs) {
    const value = values[name];
    if (typeof value !== "string") continue;
    const list = spec.axis === "list" ? listOf(value) : [value];
    for (const value of list) check(name, spec, value);
    if (list.length > 1) axes.push({ name, values: list });
    values[name] = list.length > 1 ? undefined : list[0];
  }
  for (const text of sweep as string[]) {
    const axis = axisOf(text);
    const { name } = axis;
    if (axes.some((other) => other.name === name) || values[name] !== undefined) {
      throw new UsageError(
        `--${name} is given twice, once by --sweep ${text}: say all values there`,
      );
    }
    axes.push(axis);
  }
  const typed = tokens.flatMap((token) =>
    token.kind === "option" && !ABOUT_A_RUN.has(token.name)
      ? [inShell(`--${token.name}${token.value === undefined ? "" : `=${token.value}`}`)]
      : []
  );
  return { ...values, positionals, axes, typed } as Flags;
}

/** Flags that decide how a run goes and what it shows, not what it computes. */
const ABOUT_A_RUN: ReadonlySet<string> = new Set<FlagName>([
  "force",
  "keep-going",
  "json",
  "verbose",
]);

const inShell = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

function check(name: string, spec: FlagSpec, value: string): void {
  const expected = spec.check?.(value);
  if (expected) throw new UsageError(`--${name} is "${value}", but takes ${expected}`);
}

/** Of `--sweep lr=1e-3,1e-2`. */
function axisOf(text: string): Axis {
  const [, name, list] = /^(?:--)?([^=]+)=(.*)$/s.exec(text) ?? [];
  const known = (Object.entries(FLAGS) as [string, FlagSpec][]).filter(([, { axis }]) => axis);
  const spec = known.find(([flag]) => flag === name)?.[1];
  if (!spec) {
    const names = known.map(([flag]) => flag);
    const near = nearest(name ?? text, names);
    throw new UsageError(
      `--sweep takes FLAG=VALUES, such as lr=1e-3,1e-2 or seed=0..4, not "${text}": ` +
        (near ? `did you mean ${near}?` : `flags to sweep over are ${names.join(", ")}`),
    );
  }
  const values = listOf(list);
  for (const value of values) check(name, spec, value);
  return { name, values };
}

function parse(
  args: string[],
  options: Record<string, { type: "string" | "boolean"; multiple: boolean }>,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    const unknown = /^Unknown option '(--?[^']*)'/.exec((error as Error).message)?.[1];
    if (unknown) {
      const near = nearest(unknown.replace(/^-+/, ""), Object.keys(options));
      throw new UsageError(`${unknown} is no flag${near ? `: did you mean --${near}?` : ""}`);
    }
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

/** The table of flags, aligned. */
export function flagHelp(): string {
  const rows = (Object.entries(FLAGS) as [string, FlagSpec][])
    .map(([name, spec]) => [`--${name}${spec.value ? ` ${spec.value}` : ""}`, spec.help]);
  return rows
    .map(([flag, help]) =>
      flag.length > 28 ? `  ${flag}\n${" ".repeat(32)}${help}` : `  ${flag.padEnd(30)}${help}`
    )
    .join("\n");
}
