/** What was typed, divided: a command, its operands, and flags with their text. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { factsOf, type FlagEntries } from "./flag.ts";

/** A flag as it was typed. */
export interface GivenFlag {
  name: string;
  /** With its dashes. */
  typed: string;
  text?: string;
}

export interface Arguments {
  positionals: string[];
  given: GivenFlag[];
}

/**
 * @param known every flag that there is, of whatever command: which takes a value must be known
 *   before the command is
 * @throws {UsageError} for a flag without its value, or a switch with one
 */
export function divideArguments(args: string[], known: FlagEntries): Arguments {
  const isSwitch = (name: string) => factsOf(known[name]).value === undefined;
  const options = Object.fromEntries(
    Object.keys(known).map((
      name,
    ) => [name, { type: isSwitch(name) ? "boolean" as const : "string" as const }]),
  );
  const { positionals, tokens } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.flatMap((token): GivenFlag[] => {
    if (token.kind !== "option") return [];
    const { name, rawName: typed, value: text, inlineValue } = token;
    if (!(name in known)) return [{ name, typed, text }];
    if (isSwitch(name)) {
      if (text !== undefined) throw new UsageError(`${typed} takes no value, not "${text}"`);
      return [{ name, typed }];
    }
    const { value } = factsOf(known[name]);
    if (text === undefined) throw new UsageError(`${typed} takes a value: ${typed} ${value}`);
    // What follows may be the next flag, its own value forgotten.
    if (!inlineValue && text.startsWith("-") && Number.isNaN(Number(text)) && text !== "-") {
      throw new UsageError(
        `${typed} takes a value: ${typed} ${value}, or ${typed}=${text} if that is meant`,
      );
    }
    return [{ name, typed, text }];
  });
  return { positionals, given };
}
