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

export interface Where {
  cwd: string;
  /** Another copy of the project than this one. */
  project?: URL | string;
  env?: Record<string, string>;
  stdin?: string;
}

const command = (args: string[], { cwd, project = ROOT, env = {}, stdin }: Where) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "app/main.ts", ...args],
    cwd: project,
    env: { NO_COLOR: "1", INIT_CWD: cwd, ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });

/** The process, when it has printed a line that `awaited` matches. */
export async function graftUntil(
  awaited: RegExp,
  args: string[],
  where: Where,
): Promise<Deno.ChildProcess> {
  const child = command(args, where).spawn();
  const [reading, rest] = child.stdout.tee();
  rest.pipeTo(new WritableStream()).catch(() => {});
  let text = "";
  for await (const part of reading.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (awaited.test(text)) return child;
  }
  const stderr = await new Response(child.stderr).text();
  throw new Error(`${args[0]} ended without a line like ${awaited}: ${stderr}`);
}

export async function graft(args: string[], where: Where): Promise<Outcome> {
  const child = command(args, where).spawn();
  if (where.stdin !== undefined) await new Blob([where.stdin]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  const json = args.includes("--json")
    ? text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    : [];
  return { code, json, stdout: text, stderr: new TextDecoder().decode(stderr) };
}

/** Copies what runs, so that a test may edit it. */
export async function copyProject(folder: string): Promise<void> {
  for (const name of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
  }
  for (
    const room of [
      "app",
      "backend",
      "data",
      "export",
      "inference",
      "models",
      "pipeline",
      "report",
      "tasks",
      "training",
      "weights",
    ]
  ) {
    await copyFolder(new URL(`${room}/`, ROOT), `${folder}/${room}`);
  }
}

async function copyFolder(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
    else await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}
