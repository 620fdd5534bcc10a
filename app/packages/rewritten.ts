/**
 * Where bundles of our modules must say otherwise than Deno's own, in a line each. They are rewritten
 * as they are bundled: a step's key is made of what Deno runs, and for that nothing changes.
 */
import { kernelExpressions, namesIn } from "./kernel_expressions.ts";

const BACKEND = new URL("../../backend/", import.meta.url);

interface Rewriting {
  /** In `backend/`. */
  module: string;
  /** What it must contain, once. */
  from: string;
  to: string;
  /** Put at the module's end. */
  more?: () => Promise<string>;
}

const REWRITINGS: readonly Rewriting[] = [
  {
    // Pages forbid it whose security policy has no `unsafe-eval`: all expressions are there already.
    module: "webgpu/expand.ts",
    from: "new Function(...names, `return (${expression})`)",
    to: "written(names, expression)",
    more: writtenExpressions,
  },
  {
    // Bundlers look for each file that is named so; the replaced `Worker` knows the thread's own.
    module: "wasm/thread_pool.ts",
    from: 'new URL("./worker.ts", import.meta.url)',
    to: "new URL(import.meta.url)",
  },
  {
    // Node 20 and older browsers have no relaxed SIMD.
    module: "wasm/register.ts",
    from: 'fetch(new URL("./kernels.wasm", import.meta.url))',
    to: "fetch(\n    hasRelaxedSimd()\n" +
      '      ? new URL("./kernels.wasm", import.meta.url)\n' +
      '      : new URL("./kernels_baseline.wasm", import.meta.url),\n  )',
    more: () => Promise.resolve(RELAXED_SIMD),
  },
  {
    // Where there is no WebGPU, tfjs has no such backend: ours says so, and nothing chooses it.
    module: "webgpu/register.ts",
    from: "  tf.removeBackend(WEBGPU_BACKEND);\n" +
      "  tf.registerBackend(WEBGPU_BACKEND, createBackend, 3);\n",
    to: "  const isThere = tf.findBackendFactory(WEBGPU_BACKEND) !== null;\n" +
      "  if (isThere) tf.removeBackend(WEBGPU_BACKEND);\n" +
      "  tf.registerBackend(WEBGPU_BACKEND, createBackend, isThere ? 3 : 0);\n",
  },
];

/** `() => f32x4.relaxed_madd(0, 0, 0)` on splats of 0, as a module of one function. */
const RELAXED_SIMD = `
function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(Uint8Array.of(
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
    65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
  ));
}
`;

/** The rewritten modules by their address. */
export async function rewrittenModules(): Promise<Record<string, string>> {
  const all = REWRITINGS.map(async ({ module, from, to, more }) => {
    const url = new URL(module, BACKEND);
    const [before, after, ...others] = (await Deno.readTextFile(url)).split(from);
    if (after === undefined || others.length > 0) {
      throw new Error(`backend/${module} must contain once, as it is bundled: ${from}`);
    }
    return [url.href, before + to + after + (await more?.() ?? "")];
  });
  return Object.fromEntries(await Promise.all(all));
}

async function writtenExpressions(): Promise<string> {
  const table = (await kernelExpressions()).map((expression) =>
    `  ${JSON.stringify(expression)}: ({ ${namesIn(expression).join(", ")} }) => (${expression}),\n`
  );
  return `
const EXPRESSIONS: Record<string, (constants: any) => Constant> = {
${table.join("")}};

function written(names: string[], expression: string): (...values: Constant[]) => Constant {
  const compute = Object.hasOwn(EXPRESSIONS, expression) && EXPRESSIONS[expression];
  if (!compute) throw new SyntaxError("no kernel had this when it was bundled: " + expression);
  return (...values) => compute(Object.fromEntries(names.map((name, i) => [name, values[i]])));
}
`;
}
