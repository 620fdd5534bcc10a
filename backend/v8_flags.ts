/**
 * V8 flags that make the wasm kernels half as fast again on x64: without bounds checks, pairs of
 * 128-bit operations become 256-bit ones. Deno has no wasm trap handler, so that otherwise every
 * access is checked in software.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

const FLAGS = ["--no-wasm-bounds-checks", "--experimental-wasm-revectorize"];

/**
 * `deno run` arguments that set the flags, or none where they do not hold: on other processors,
 * where V8 does not know them (an unknown flag ends Deno), and where the kernels compute something
 * else under them. Tried once for each Deno and each build of the kernels; `memory`, if given, is
 * a file that keeps the answer.
 *
 * The flags hold for a whole process: give them only to one that parses no untrusted bytes.
 */
export async function v8FlagArguments(memory?: string): Promise<string[]> {
  if (Deno.build.arch !== "x86_64") return [];
  const argument = `--v8-flags=${FLAGS.join(",")}`;
  const kernels = await Deno.readFile(new URL("./wasm/kernels.wasm", import.meta.url));
  const digest = createHash("sha256").update(kernels).digest("hex");
  const tried = `${Deno.version.deno} ${argument} ${digest}`;
  const known = memory && await recall(memory);
  if (known && known.tried === tried) return known.holds ? [argument] : [];
  const holds = await kernelsAreRightWith(argument);
  if (memory) await remember(memory, { tried, holds });
  return holds ? [argument] : [];
}

async function kernelsAreRightWith(argument: string): Promise<boolean> {
  const folder = new URL("./wasm/", import.meta.url);
  const check = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      argument,
      `--allow-read=${decodeURIComponent(folder.pathname)}`,
      new URL("self_check.ts", folder).href,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return (await check.output()).success;
}

interface Tried {
  tried: string;
  holds: boolean;
}

async function recall(memory: string): Promise<Tried | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(memory));
  } catch {
    return undefined; // never tried, or what was written is damaged: try again
  }
}

async function remember(memory: string, tried: Tried): Promise<void> {
  try {
    await Deno.mkdir(dirname(memory), { recursive: true });
    await Deno.writeTextFile(memory, JSON.stringify(tried));
  } catch {
    // A folder that cannot be written to costs a third of a second each time, and nothing else.
  }
}
