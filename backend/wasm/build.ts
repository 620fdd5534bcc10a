/** Writes what abi/ describes, and compiles kernels/ to kernels.wasm: `deno task build:wasm`. */
import asc from "assemblyscript/asc";
import { CONSTANTS, KERNEL_DATA, PAGE } from "./abi/constants.ts";
import { kernelAbi, kernelArguments, runChunk } from "./abi/kernel_sources.ts";
import { typescriptAbi } from "./abi/typescript_source.ts";
import { depthwisePanels } from "./generate_depthwise_panels.ts";
import { depthwiseRows } from "./generate_depthwise_rows.ts";
import { integerKernels } from "./generate_integer_kernels.ts";
import { microKernels } from "./generate_micro_kernels.ts";
import { winogradTransforms } from "./generate_winograd.ts";

const FOLDER = new URL("./kernels/", import.meta.url);

const OPTIONS = [
  ["--outFile", "kernels.wasm"],
  ["-O3", "--converge", "--noAssert", "--runtime", "stub"],
  ["--importMemory", "--sharedMemory", "--maximumMemory", "65536"],
  ["--initialMemory", String(CONSTANTS.HEAP.value / PAGE)],
  ["--memoryBase", String(KERNEL_DATA)],
  ["--enable", "simd", "--enable", "relaxed-simd", "--enable", "threads"],
  ["--use", "abort="],
  // Names of functions, for profiles.
  ["--debug"],
].flat();

/** Both sides of what TypeScript and the kernels share, by file name; committed, as readers need it. */
export const SHARED: Record<string, () => string> = {
  "generated_abi.ts": typescriptAbi,
  "kernels/generated_abi.ts": kernelAbi,
  "kernels/generated_arguments.ts": kernelArguments,
  "kernels/run_chunk.ts": runChunk,
};

/** Generated sources of kernels, by file name; they exist only during the build. */
const GENERATED: Record<string, () => string> = {
  "generated_depthwise_panels.ts": depthwisePanels,
  "generated_depthwise_rows.ts": depthwiseRows,
  "integer_kernels.ts": integerKernels,
  "micro_kernels.ts": microKernels,
  "winograd_transforms.ts": winogradTransforms,
};

/** What of the kernels an engine must have: old ones lack relaxed SIMD, of which the kernels use `fma`. */
const FUSED = "f32x4.relaxed_madd(a, b, c)";
const BASELINE: Record<string, () => string> = {
  "simd.ts": () => {
    const [before, after, ...more] = readOrNull("simd.ts")!.split(FUSED);
    if (after === undefined || more.length > 0) throw new Error(`simd.ts must use ${FUSED} once`);
    return `${before}f32x4.add(f32x4.mul(a, b), c)${after}`;
  },
};

/**
 * @param baseline whether engines without relaxed SIMD shall run them, such as Node 20
 * @throws {Error} with the compiler's messages
 */
export async function compileKernels(baseline = false): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const generated = baseline ? { ...GENERATED, ...BASELINE } : GENERATED;
  const { error, stderr } = await asc.main(["index.ts", ...OPTIONS], {
    readFile: (name) => generated[name]?.() ?? readOrNull(name),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc failed: ${error?.message}\n${stderr}`);
  return binary;
}

/** Which `kernels.wasm` was compiled with them: to be seen without compiling them again. */
export const BASELINE_OF = "baseline of";

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** With a custom section at its end; both are short. */
function withSection(module: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(name);
  const section = [0, 1 + text.length + content.length, text.length, ...text, ...content];
  const bytes = new Uint8Array(module.length + section.length);
  bytes.set(module);
  bytes.set(section, module.length); // a large module has too many bytes to be arguments
  return bytes;
}

function readOrNull(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, FOLDER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // asc tries several names
    throw error;
  }
}

if (import.meta.main) {
  for (const [name, source] of Object.entries(SHARED)) {
    await Deno.writeTextFile(new URL(name, import.meta.url), source());
  }
  const kernels = await compileKernels();
  await Deno.writeFile(new URL("./kernels.wasm", import.meta.url), kernels);
  await Deno.writeFile(
    new URL("./kernels_baseline.wasm", import.meta.url),
    withSection(await compileKernels(true), BASELINE_OF, await sha256(kernels)),
  );
}
