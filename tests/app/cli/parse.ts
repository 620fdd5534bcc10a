import { divideArguments } from "../../../app/cli/arguments.ts";
import type { Command } from "../../../app/cli/command.ts";
import { type ParsedFlags, parseFlags } from "../../../app/cli/parse_flags.ts";

/** What the command of that name is given; `commands` are all there are. */
export function parse(
  commands: readonly Command[],
  name: string,
  args: string[],
): ParsedFlags & { positionals: string[] } {
  const known = Object.assign({}, ...commands.map(({ flags }) => flags.entries));
  const { positionals, given } = divideArguments(args, known);
  const command = commands.find((command) => command.name === name)!;
  return { ...parseFlags(command, given, commands), positionals };
}
