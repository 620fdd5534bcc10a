/** Runs the command line as a user does: in a process of its own, from a folder of theirs. */
const MAIN = new URL("../../tasks/main.ts", import.meta.url);

export interface Outcome {
  code: number;
  /** Objects on stdout, where `--json` was given. */
  // deno-lint-ignore no-explicit-any -- the tests look at what they expect to be there
  json: any[];
  stdout: string;
  stderr: string;
}

export async function graft(args: string[], { cwd }: { cwd: string }): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN.href, ...args],
    cwd,
    env: { NO_COLOR: "1", INIT_CWD: cwd },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const json = args.includes("--json")
    ? text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    : [];
  return { code, json, stdout: text, stderr: new TextDecoder().decode(stderr) };
}
