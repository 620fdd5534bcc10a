/**
 * Compiles kernels that are too small for a file of their own into modules that hold them as text: part
 * of `deno task build:wasm`.
 */
import asc from "assemblyscript/asc";
import { basename } from "node:path";

interface Kernels {
  /** Relative to the project's folder, as is `source`. */
  module: string;
  source: string;
  /** What the module exports. */
  name: string;
}

/** The modules are committed, so that who runs graft compiles nothing. */
export const KERNELS: readonly Kernels[] = [
  {
    module: "data/photo_kernels_wasm.ts",
    source: "data/kernels/jpeg.ts",
    name: "PHOTO_KERNELS_WASM",
  },
  {
    module: "data/resample_kernels_wasm.ts",
    source: "data/kernels/resample.ts",
    name: "RESAMPLE_KERNELS_WASM",
  },
  {
    module: "training/probe/row_products_wasm.ts",
    source: "training/probe/kernels/row_products.ts",
    name: "ROW_PRODUCTS_WASM",
  },
];

const ROOT = new URL("../", import.meta.url);

const OPTIONS = [
  ["--outFile", "kernels.wasm"],
  ["-O3", "--converge", "--noAssert", "--runtime", "stub"],
  ["--importMemory", "--memoryBase", "0"],
  ["--enable", "simd"],
  ["--use", "abort="],
  // Names of functions, for profiles.
  ["--debug"],
].flat();

/**
 * The module's text.
 * @throws {Error} with the compiler's messages
 */
export async function kernelModule({ source, name }: Kernels): Promise<string> {
  const entry = basename(source);
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([entry, ...OPTIONS], {
    readFile: (file) => readOrNull(new URL(`${source}/../${file}`, ROOT)),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc failed: ${error?.message}\n${stderr}`);
  return [
    `/** What \`deno task build:wasm\` makes of ${source}. */`,
    `export const ${name} =`,
    `  "${binary.toBase64()}";`,
    "",
  ].join("\n");
}

function readOrNull(file: URL): string | null {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // asc tries several names
    throw error;
  }
}

if (import.meta.main) {
  for (const kernels of KERNELS) {
    await Deno.writeTextFile(new URL(kernels.module, ROOT), await kernelModule(kernels));
  }
}
