/** Compiles kernels/ into a module that holds them as text: part of `deno task build:wasm`. */
import asc from "assemblyscript/asc";

const FOLDER = new URL("./kernels/", import.meta.url);
const MODULE = new URL("./photo_kernels_wasm.ts", import.meta.url);

const OPTIONS = [
  ["--outFile", "kernels.wasm"],
  ["-O3", "--converge", "--noAssert", "--runtime", "stub"],
  ["--importMemory", "--memoryBase", "0"],
  ["--enable", "simd"],
  ["--use", "abort="],
  ["--debug"],
].flat();

/**
 * The module's text, which is committed, so that who runs graft compiles nothing.
 * @throws {Error} with the compiler's messages
 */
export async function photoKernelModule(): Promise<string> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(["index.ts", ...OPTIONS], {
    readFile: readOrNull,
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc failed: ${error?.message}\n${stderr}`);
  return [
    "/** What `deno task build:wasm` makes of kernels/. */",
    "export const PHOTO_KERNELS_WASM =",
    `  "${binary.toBase64()}";`,
    "",
  ].join("\n");
}

function readOrNull(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, FOLDER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // asc tries several names
    throw error;
  }
}

if (import.meta.main) await Deno.writeTextFile(MODULE, await photoKernelModule());
