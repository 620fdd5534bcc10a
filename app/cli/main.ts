/** `deno task …`: from arguments to an exit code. */
import { resolve } from "node:path";
import { historyCommands } from "../commands/run_commands.ts";
import { inspectionCommands } from "../commands/store_commands.ts";
import { runSteps } from "../commands/run.ts";
import { describeError, UsageError } from "./errors.ts";
import type { Flags } from "./flags.ts";
import { nearest } from "./nearest.ts";
import { flagHelp, parseFlags } from "./parse_flags.ts";
import { checkFolder } from "./paths.ts";
import type { Application, Command, CommandContext } from "./application.ts";
import { EXIT } from "./exit.ts";

/** Runs the command that `args` name and says how it ended. */
export async function main(args: string[], app: Application): Promise<number> {
  const verbose = args.includes("--verbose");
  try {
    const flags = parseFlags(args);
    const [name = "run", ...operands] = flags.positionals;
    const commands = { ...builtinCommands(app), ...app.commands };
    if (flags.help) {
      console.log(help(app, commands));
      return EXIT.done;
    }
    const command = commands[name];
    if (!command) {
      const near = nearest(name, Object.keys(commands));
      throw new UsageError(`there is no command "${name}"${near ? `: did you mean ${near}?` : ""}`);
    }
    if (flags.axes.length > 0 && !command.sweeps) {
      const { name: flag, values } = flags.axes[0];
      throw new UsageError(`${name} takes one --${flag}, not ${values.join(", ")}`);
    }
    const context = contextOf(flags, operands, app);
    await checkFolder("--store", context.store);
    return await command.run(context);
  } catch (error) {
    console.error(`graft: ${describeError(error, verbose)}`);
    if (error instanceof UsageError) {
      console.error("See `deno task pipeline --help`.");
      return EXIT.usage;
    }
    return EXIT.failed;
  }
}

function contextOf(flags: Flags, operands: string[], app: Application): CommandContext {
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  return {
    flags,
    operands,
    folder,
    store: flags.store ? resolve(folder, flags.store) : app.defaultStore,
    readFrom: (flags["store-from"] ?? []).map((path) => existingFolder(resolve(folder, path))),
    signal: interruptSignal(),
    json: (value) => console.log(JSON.stringify(value)),
    say: flags.json ? (line) => console.error(line) : (line) => console.log(line),
  };
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
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
      controller.abort(new Error("interrupted"));
    });
  }
  return controller.signal;
}

function builtinCommands(app: Application): Record<string, Command> {
  return {
    run: {
      usage: "run [STEP…]",
      help: "run the whole pipeline, or the named steps and what they need",
      sweeps: true,
      run: (context) => runSteps(app, context),
    },
    ...inspectionCommands(app),
    ...historyCommands,
  };
}

function help({ pipeline }: Application, commands: Record<string, Command>): string {
  const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length)) + 2;
  return [
    "graft: transfer learning for images",
    "",
    "Usage: deno task pipeline [flags]        the whole pipeline",
    "       deno task STEP [flags]            a step and what it needs",
    "       deno task COMMAND [flags]",
    "",
    `Steps: ${pipeline.steps.map(({ name }) => name).join(", ")}`,
    "",
    "Commands:",
    ...Object.values(commands).map(({ usage, help }) => `  ${usage.padEnd(width)}${help}`),
    "",
    "Flags:",
    flagHelp(),
  ].join("\n");
}
