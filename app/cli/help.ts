/** `--help`: an overview that fits a screen, and each command by itself. */
import type { Application } from "./application.ts";
import type { Command } from "./command.ts";
import { factsOf, type Flag } from "./flag.ts";

const WIDTH = 80;

/** What can be asked for, with a line each. */
export function overview(
  { name, about, commands, steps, defaultCommand, called }: Application,
): string {
  const column = 2 + Math.max(...commands.map(({ name }) => name.length));
  const groups = Map.groupBy(commands, ({ group }) => group);
  return [
    `${name}: ${about}`,
    `Usage: ${called} COMMAND [flags]`,
    `       ${`${called} COMMAND --help`.padEnd(36)}what it does, and its flags`,
    `       ${`${called} ${defaultCommand} --help ${defaultCommand}`.padEnd(36)}those of all steps`,
    ...[...groups].flatMap(([group, members]) => [
      "",
      group,
      ...members.flatMap(({ name, summary }) => row(name, summary, column)),
    ]),
    "",
    ...wrapped(`Single steps, too: ${Object.keys(steps).join(", ")}.`, WIDTH),
  ].join("\n");
}

/**
 * @param called what stands before a command's name where it is typed
 * @param step the one that is run, where the command was named by it
 */
export function commandHelp(
  { name, summary, details, operands, flags }: Command,
  called: string,
  step?: { name: string; summary: string },
): string {
  const flagRows = Object.entries(flags.entries).map(([flag, schema]) => {
    const { value, group = "Flags" } = factsOf(schema);
    return { group, left: `--${flag}${value ? ` ${value}` : ""}`, help: helpOf(schema) };
  });
  const groups = Map.groupBy(flagRows, ({ group }) => group);
  const usage = step ? [called, step.name] : [called, name, operands.usage];
  return [
    `Usage: ${[...usage, "[flags]"].filter((word) => word !== "").join(" ")}`,
    "",
    ...wrapped(sentence(step ? `${step.summary}; what it needs runs before it` : summary), WIDTH),
    ...wrapped(!step && details ? details : "", WIDTH),
    ...[...groups].flatMap(([group, rows]) => [
      "",
      `${group}:`,
      ...rows.flatMap(({ left, help }) => row(left, help, FLAG_COLUMN)),
    ]),
  ].join("\n");
}

/** Where a flag's help begins, after two spaces; longer flags have a line of their own. */
const FLAG_COLUMN = 24;

function helpOf(schema: Flag): string {
  const { help } = factsOf(schema);
  const byDefault = (schema as { default?: unknown }).default;
  return typeof byDefault === "string" ? `${help} (default: ${byDefault})` : help;
}

const sentence = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}.`;

function row(left: string, right: string, column: number): string[] {
  const indent = " ".repeat(column + 2);
  const [first, ...rest] = wrapped(right, WIDTH - indent.length);
  const more = rest.map((line) => indent + line);
  return left.length + 2 > column
    ? [`  ${left}`, indent + first, ...more]
    : [`  ${left.padEnd(column)}${first}`, ...more];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((word) => word !== "")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
