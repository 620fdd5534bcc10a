/** Runs the command line as `deno task` does: from the project, told where the user stands. */
const ROOT = new URL("../../", import.meta.url);

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
    args: ["run", "-A", "tasks/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", INIT_CWD: cwd },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const json = args.includes("--json")
    ? text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    : [];
  return { code, json, stdout: text, stderr: new TextDecoder().decode(stderr) };
}
