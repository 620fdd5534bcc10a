/** A package's scripts, for browsers and for Node and Deno: two builds of one source. */
import type { BuildOptions } from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  BROWSER_MODULES,
  BROWSER_MODULES_WITHIN,
  THREAD_ENTRY,
} from "../page/browser/replacements.ts";
import { NpmPackages } from "./npm_packages.ts";
import type { Package } from "./packages.ts";
import { LOADERS, type ModuleRules, projectModules } from "./project_modules.ts";
import { rewrittenModules } from "./rewritten.ts";
import { runEsbuild } from "./run_esbuild.ts";

const HERE = new URL("./", import.meta.url);
const ROOT = new URL("../../", import.meta.url);

/** A package that is not bundled. */
const LIBHEIF = new URL("data/codecs/libheif_module.js", ROOT).href;

type Target = "browser" | "node";

/** Decoders are compiled everywhere as in browsers, from files beside the script. */
const CODECS = Object.fromEntries(
  Object.entries(BROWSER_MODULES).filter(([module]) =>
    module.startsWith("file:") && module !== LIBHEIF
  ),
);

/** The pool's alone: the thread's own module has Node's own. */
const NODE_MODULES_WITHIN = {
  [new URL("backend/wasm/thread_pool.ts", ROOT).href]: {
    "node:worker_threads": new URL("node/worker_threads.ts", HERE).href,
  },
};

const RULES: Record<Target, Pick<ModuleRules, "replaced" | "replacedWithin">> = {
  browser: {
    replaced: Object.fromEntries(
      Object.entries(BROWSER_MODULES).filter(([module]) => module !== LIBHEIF),
    ),
    replacedWithin: BROWSER_MODULES_WITHIN,
  },
  node: { replaced: CODECS, replacedWithin: NODE_MODULES_WITHIN },
};

const THREADS: Record<Target, { entry: string; script: string }> = {
  browser: { entry: THREAD_ENTRY, script: "thread.js" },
  node: { entry: new URL("backend/wasm/worker.ts", ROOT).href, script: "thread.node.js" },
};

/** Modules whose exports stand for globals. */
const GLOBALS: Record<Target, string[]> = {
  browser: ["browser/deno.ts", "gpu_constants.ts"],
  node: ["node/deno.ts", "node/globals.ts", "gpu_constants.ts"],
};
const POLYFILLS = ["float16.ts", "polyfills.ts"];

/** Writes `index.browser.js` and `index.node.js`, and what they share, into a folder. */
export async function bundlePackage(what: Package, folder: string): Promise<void> {
  const entry = new URL(what.entry, ROOT);
  await using packages = await NpmPackages.open([
    entry,
    ...POLYFILLS.map((file) => new URL(file, HERE)),
  ]);
  const rewritten = await rewrittenModules();
  await runEsbuild(async (build) => {
    for (const target of ["browser", "node"] as const) {
      const { threads, entry: thread, script } = { ...what, ...THREADS[target] };
      const options = optionsFor(what, target, rewritten, packages);
      await build({
        ...options,
        entryPoints: [{ in: fileURLToPath(entry), out: `index.${target}` }],
        outdir: folder,
        splitting: true,
        // Beside the others: files are found from where a script lies.
        chunkNames: `[name].${target}.[hash]`,
      });
      if (!threads) continue;
      await build({
        ...options,
        entryPoints: [fileURLToPath(thread)],
        outfile: join(folder, script),
        inject: [],
      });
    }
  });
}

function optionsFor(
  what: Package,
  target: Target,
  rewritten: Record<string, string>,
  packages: NpmPackages,
) {
  const elsewhere = Object.entries(what.from ?? {})
    .map(([module, name]) => [new URL(module, ROOT).href, name]);
  const rules: ModuleRules = {
    ...RULES[target],
    rewritten,
    external: Object.keys({ ...what.dependencies, ...what.peerDependencies }),
    elsewhere: Object.fromEntries(elsewhere),
  };
  const standIns = [...GLOBALS[target], ...(what.polyfills ? POLYFILLS : [])];
  return {
    bundle: true,
    format: "esm",
    platform: target,
    target: target === "browser" ? "es2022" : "node20",
    mainFields: target === "browser" ? ["browser", "module", "main"] : ["module", "main"],
    plugins: [projectModules(rules, packages)],
    loader: LOADERS,
    inject: standIns.map((file) => fileURLToPath(new URL(file, HERE))),
    logLevel: "silent",
  } satisfies BuildOptions;
}
