/** Compiles kernels/ into a module that holds them as text: part of `deno task build:wasm`. */
import asc from "assemblyscript/asc";

const SOURCE = new URL("./kernels/row_products.ts", import.meta.url);
const MODULE = new URL("./row_products_wasm.ts", import.meta.url);

const OPTIONS = [
  ["--outFile", "kernels.wasm"],
  ["-O3", "--converge", "--noAssert", "--runtime", "stub"],
  ["--importMemory", "--memoryBase", "0"],
  ["--enable", "simd"],
  ["--use", "abort="],
].flat();

/**
 * The module's text, which is committed, so that who runs graft compiles nothing.
 * @throws {Error} with the compiler's messages
 */
export async function kernelModule(): Promise<string> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(["row_products.ts", ...OPTIONS], {
    readFile: (name) => name === "row_products.ts" ? Deno.readTextFileSync(SOURCE) : null,
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc failed: ${error?.message}\n${stderr}`);
  return [
    "/** What `deno task build:wasm` makes of kernels/row_products.ts. */",
    "export const ROW_PRODUCTS_WASM =",
    `  "${binary.toBase64()}";`,
    "",
  ].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(MODULE, await kernelModule());
