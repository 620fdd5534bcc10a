/** Shows a file in the program that the system has for it. */

type Os = typeof Deno.build.os;

/** The command that opens `path`; undefined where nothing could be seen of it. */
export function openCommand(
  path: string,
  os: Os = Deno.build.os,
  env: Record<string, string | undefined> = Deno.env.toObject(),
): [string, ...string[]] | undefined {
  if (os === "darwin") return ["open", path];
  // Not `cmd /c start`, which reads & and % in a name as its own.
  if (os === "windows") return ["explorer", path];
  // Without a screen, xdg-open takes browsers for text, which would take the terminal.
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open", path] : undefined;
}

/** How long such a command may take to fail: one that is the browser itself never ends. */
const PATIENCE_MS = 3000;

/** @returns whether it was opened, as far as can be told */
export async function openFile(path: string, command = openCommand(path)): Promise<boolean> {
  if (!command) return false;
  const [program, ...args] = command;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
  } catch {
    return false; // there is no such program
  }
  child.unref();
  const late = AbortSignal.timeout(PATIENCE_MS);
  const waited = new Promise<"late">((done) => late.onabort = () => done("late"));
  const status = await Promise.race([child.status, waited]);
  // Windows' own ends with 1 whatever it did.
  return status === "late" || status.success || program === "explorer";
}
