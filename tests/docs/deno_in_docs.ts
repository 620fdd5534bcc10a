/**
 * What `deno` is where the pages' commands are tried: `deno_in_docs.ts STORE ARGS…`, in a folder of
 * small photos. Commands run as they stand, on the store of one small run, but for
 *
 * - `pipeline` and the steps, which download and train for minutes: `plan` takes their flags, decides
 *   all that they decide, and runs nothing;
 * - those of TAKES_LONG: `--help` beside their flags makes the command line check these;
 * - tasks that are no command of graft's, such as `test`: the file that they run must be there.
 */
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const TAKES_LONG = ["certify", "home", "review", "serve", "start", "teach"];

const [store, subcommand, ...args] = Deno.args;
const folder = Deno.cwd();

if (subcommand === "task") await runTask(args);
else if (subcommand === "run") await runFile(args);
else fail(`deno ${subcommand} is not known to the test of the pages`);

async function runTask([name, ...rest]: string[]): Promise<void> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  if (!tasks[name]) fail(`deno.json has no task ${name}`);
  const [, command] = /^deno run -A app\/main\.ts (.*)$/.exec(tasks[name].command) ?? [];
  if (!command) {
    const [file] = /\S+\.ts/.exec(tasks[name].command) ?? [];
    if (file) await Deno.stat(new URL(file, ROOT));
    return;
  }
  const [first, ...steps] = command.split(" ");
  const shown = first === "run"
    ? ["plan", ...steps, ...rest]
    : TAKES_LONG.includes(first)
    ? [first, ...rest, "--help"]
    : [first, ...steps, ...rest];
  // certify keeps nothing.
  const isKept = first === "certify" || rest.some((arg) => arg.startsWith("--store"));
  const kept = isKept ? [] : [`--store=${store}`];
  await runCommand([...shown, ...kept]);
}

/** As app/main.ts does, in this process: another one would take longer to start than most commands take. */
async function runCommand(args: string[]): Promise<void> {
  Deno.env.set("INIT_CWD", folder);
  const [{ main }, { graft }] = await Promise.all([
    import("../../app/cli/main.ts"),
    import("../../app/graft.ts"),
  ]);
  Deno.chdir(ROOT);
  Deno.exit(await main(args, graft(fileURLToPath(new URL(".graft", ROOT)))));
}

/** A program of the project's, from where the user stands. */
async function runFile(args: string[]): Promise<void> {
  const resolved = args.map((arg) => arg.endsWith(".ts") ? fileURLToPath(new URL(arg, ROOT)) : arg);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...resolved],
    cwd: folder,
    env: { INIT_CWD: folder, NO_COLOR: "1" },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  Deno.exit(code);
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(3);
}
