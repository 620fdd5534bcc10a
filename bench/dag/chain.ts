/** A chain of trivial steps, each copying what the one before it wrote, as an orchestrator takes it. */

export interface Chain {
  /** With its version. */
  name: string;
  /** Writes the files that describe a chain of so many steps into an empty folder. */
  write(folder: string, steps: number): void | Promise<void>;
  /** Brings the chain in this folder up to date. */
  command(folder: string): string[];
  /** Does so sooner, for a long chain whose steps take minutes to run one by one. */
  hasten?(folder: string, steps: number): Promise<void>;
}

export const file = (step: number) => `s${step}.txt`;

/** What the steps of a chain would write, in their order. */
export function writeFiles(folder: string, steps: number): void {
  for (let i = 1; i <= steps; i++) Deno.writeTextFileSync(`${folder}/${file(i)}`, "begin");
}

/** Runs a command to its end. @throws {Error} with what it said when it fails */
export async function call([program, ...args]: string[], folder: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    // No tool asks the network, or the user.
    env: { NO_COLOR: "1", DO_NOT_TRACK: "1", DVC_NO_ANALYTICS: "1" },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (success) return decode(stdout);
  throw new Error(`${program} ${args.join(" ")} failed: ${decode(stderr) || decode(stdout)}`);
}

/** Undefined when the program is not there, or does not work. */
export async function tryCall(command: string[]): Promise<string | undefined> {
  try {
    return await call(command, Deno.cwd());
  } catch {
    return undefined;
  }
}
