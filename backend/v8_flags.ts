/**
 * V8 flags that double the speed of the wasm kernels on x64: without bounds checks, pairs of
 * 128-bit operations become 256-bit ones. Deno has no wasm trap handler, so that otherwise every
 * access is checked in software.
 */
const FLAGS = ["--no-wasm-bounds-checks", "--experimental-wasm-revectorize"];

/**
 * `deno run` arguments that set the flags, or none where they do not hold: on other processors, and
 * where V8 does not know them, since an unknown flag ends Deno.
 *
 * The flags hold for a whole process: give them only to one that parses no untrusted bytes.
 */
export async function v8FlagArguments(): Promise<string[]> {
  if (Deno.build.arch !== "x86_64") return [];
  const argument = `--v8-flags=${FLAGS.join(",")}`;
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", argument, "data:text/javascript,"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return (await probe.output()).success ? [argument] : [];
}
