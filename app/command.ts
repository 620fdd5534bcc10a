/**
 * What is installed, from the clone's folder, and then is a command in any: `deno install -gA -n graft
 * app/command.ts`. It imports nothing: Deno finds the packages of a program by the `deno.json` that
 * lies by it, which is not asked for what is installed; so the program proper is another process.
 */
if (import.meta.main) {
  const program = new URL("installed.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program.href, ...Deno.args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // A terminal interrupts both; only the program knows when it is done with ending.
  Deno.addSignalListener("SIGINT", () => {});
  const isWindows = Deno.build.os === "windows";
  for (const signal of isWindows ? [] : ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  Deno.exit((await child.status).code);
}
