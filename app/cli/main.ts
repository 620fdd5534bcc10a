/** `deno task …`: from arguments to an exit code. */
import { resolve } from "node:path";
import * as v from "valibot";
import type { Application } from "./application.ts";
import { type Arguments, divideArguments } from "./arguments.ts";
import type { Command, CommandContext } from "./command.ts";
import { describeError, UsageError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { factsOf, type Flag, type FlagEntries } from "./flag.ts";
import { commandHelp, overview } from "./help.ts";
import { linkTo } from "./link.ts";
import { nearest } from "./nearest.ts";
import { parseFlags, readFlags } from "./parse_flags.ts";
import { checkAddress, checkFolder } from "./paths.ts";
import { printableJson, printableLines } from "../../pipeline/process/printable.ts";
import { isAddress } from "../../pipeline/store/remote/address.ts";
import type { STORES } from "./shared_flags.ts";

/** Runs the command that `args` name and says how it ended. */
export async function main(args: string[], app: Application): Promise<number> {
  const verbose = args.includes("--verbose");
  let command: Command | undefined;
  try {
    const { positionals, given } = divideArguments(args, everyFlag(app.commands));
    if (given.some(({ name }) => name === "help")) {
      console.log(helpFor({ positionals, given }, app));
      return EXIT.done;
    }
    const [name = app.defaultCommand, ...operands] = namingCommand(positionals, app);
    command = commandNamed(name, app);
    if (given.some(({ name }) => name === "version")) {
      sayVersion(command, given, app);
      return EXIT.done;
    }
    const context = contextOf(command, { positionals: operands, given }, app);
    await checkFolder("--store", context.store);
    return await command.run(context);
  } catch (error) {
    const { reworded = same } = app;
    console.error(printableLines(reworded(`${app.name}: ${describeError(error, verbose)}`)));
    if (error instanceof UsageError) {
      console.error(`See \`${app.called} ${helpCall(command, app)}\`.`);
      return EXIT.usage;
    }
    return EXIT.failed;
  }
}

/** @throws {Error} where commands do not agree on whether a flag takes a value */
function everyFlag(commands: readonly Command[]): FlagEntries {
  const every: FlagEntries = {};
  for (const [name, schema] of commands.flatMap(({ flags }) => Object.entries(flags.entries))) {
    const isSwitch = (schema: Flag) => factsOf(schema).value === undefined;
    if (name in every && isSwitch(every[name]) !== isSwitch(schema)) {
      throw new Error(`--${name} is a switch of one command and takes a value in another`);
    }
    every[name] = schema;
  }
  return every;
}

/** A step's name alone asks the default command for it. */
function namingCommand(positionals: string[], { steps, defaultCommand }: Application): string[] {
  return Object.hasOwn(steps, positionals[0] ?? "")
    ? [defaultCommand, ...positionals]
    : positionals;
}

/** @throws {UsageError} when there is none */
function commandNamed(name: string, { commands, steps }: Application): Command {
  const found = commands.find((command) => command.name === name || command.alias === name);
  if (found) return found;
  const near = nearest(name, [...commands.map(({ name }) => name), ...Object.keys(steps)]);
  throw new UsageError(`there is no command "${name}"${near ? `: did you mean ${near}?` : ""}`);
}

/** `--help` alone, after a command or a step, or before one; flags beside it are checked. */
function helpFor({ positionals, given }: Arguments, app: Application): string {
  const [first = app.defaultCommand, second] = namingCommand(positionals, app);
  const named = commandNamed(first, app);
  // `deno task STEP` runs the default command with the step's name, and `--help X` is about X.
  const about = named.name === app.defaultCommand ? second : undefined;
  const isStep = about !== undefined && about in app.steps;
  const command = about === undefined || isStep ? named : commandNamed(about, app);
  readFlags(command, given, app.commands);
  if (named.name === app.defaultCommand && about === undefined) return overview(app);
  return commandHelp(
    command,
    app.called,
    isStep ? { name: about, summary: app.steps[about] } : undefined,
  );
}

/** Of any command, whatever else it needs; flags beside it are checked. */
function sayVersion(command: Command, given: Arguments["given"], app: Application): void {
  const { raw } = readFlags(command, given, app.commands);
  const { name, version } = app;
  console.log(raw.json ? JSON.stringify({ name, version }) : `${name} ${version}`);
}

/** Of the command itself; of the default one, `--help` alone is the overview. */
function helpCall(command: Command | undefined, { defaultCommand }: Application): string {
  if (command && command.name !== defaultCommand) return `${command.name} --help`;
  return [defaultCommand, "--help", command?.name ?? ""].join(" ").trimEnd();
}

const same = (text: string) => text;

function contextOf(
  command: Command,
  { positionals, given }: Arguments,
  { commands, defaultStore, reworded = same }: Application,
): CommandContext<unknown> {
  const { flags, axes, typed } = parseFlags(command, given, commands);
  const { json, store, "store-from": from = [] } = flags as
    & Partial<v.InferOutput<typeof STORES>>
    & CommandContext<unknown>["flags"];
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const tell = json ? console.error : console.log;
  return {
    flags: flags as CommandContext<unknown>["flags"],
    axes,
    given: new Set(given.map(({ name }) => name)),
    typed,
    operands: operandsOf(command, positionals),
    folder,
    store: store ? resolve(folder, store) : defaultStore,
    readFrom: from.map((place) =>
      isAddress(place)
        ? checkAddress("--store-from", place)
        : existingFolder(resolve(folder, place))
    ),
    signal: interruptSignal(),
    json: (value) => console.log(printableJson(value, reworded)),
    say: (text) => tell(printableLines(reworded(text))),
    warn: (text) => console.error(printableLines(reworded(text))),
    sayPath: (path, indent) => tell(indent + linkTo(path)),
  };
}

/** @throws {UsageError} saying what the command takes */
function operandsOf({ name, operands }: Command, given: string[]): readonly string[] {
  const { success, output } = v.safeParse(operands.schema, given);
  if (success) return output;
  const not = given.length > 0 ? `, not "${given.join(" ")}"` : "";
  throw new UsageError(`${name} takes ${operands.takes}${not}`);
}

/** @throws {UsageError} when it is none: to go on without it would do all its work again */
function existingFolder(path: string): string {
  try {
    if (Deno.statSync(path).isDirectory) return path;
  } catch { /* It is not there, or may not be looked at. */ }
  throw new UsageError(`--store-from is "${path}", which is no folder that can be read`);
}

/** Aborts on Ctrl-C or a polite kill; a second Ctrl-C ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of endingSignals()) {
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
      controller.abort(new Error("interrupted"));
    });
  }
  return controller.signal;
}

/** Those by which people and programs end others: Windows knows no SIGTERM, and refuses to listen for it. */
export const endingSignals = (os = Deno.build.os): Deno.Signal[] =>
  os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
