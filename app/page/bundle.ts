/** Bundles the page's scripts for browsers, with the very modules that run in Deno. */
import { fileURLToPath } from "node:url";
import { NpmPackages } from "../packages/npm_packages.ts";
import { LOADERS, projectModules } from "../packages/project_modules.ts";
import { runEsbuild } from "../packages/run_esbuild.ts";
import { rewrittenModules } from "../packages/rewritten.ts";
import { BROWSER_MODULES, BROWSER_MODULES_WITHIN, THREAD_ENTRY } from "./browser/replacements.ts";

const HERE = new URL("./", import.meta.url);

/** The model's page: scripts by name, and the modules that they begin with. */
const ENTRIES: Record<string, string> = {
  "app.js": "dom/app.ts",
  "worker.js": "worker.ts",
  "thread.js": THREAD_ENTRY,
};

/**
 * A page's scripts by name, by default the model's.
 *
 * Permissions: to run Deno and esbuild, to read the project, and a temporary folder.
 *
 * @param entries modules relative to this folder, by the names of their scripts
 * @throws {Error} with what the bundler says
 */
export async function bundleScripts(
  entries = ENTRIES,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const modules = Object.values(entries).map((entry) => new URL(entry, HERE));
  await using packages = await NpmPackages.open(modules);
  const rules = {
    replaced: BROWSER_MODULES,
    replacedWithin: BROWSER_MODULES_WITHIN,
    rewritten: await rewrittenModules(),
    external: [],
    elsewhere: {},
  };
  try {
    return await runEsbuild(async (build) => {
      const scripts = Object.entries(entries).map(async ([name, entry]) => {
        const { outputFiles } = await build({
          entryPoints: [fileURLToPath(new URL(entry, HERE))],
          bundle: true,
          format: "esm",
          platform: "browser",
          target: "es2022",
          minify: true,
          legalComments: "none", // licences.md beside the page has them
          plugins: [projectModules(rules, packages)],
          loader: LOADERS,
          write: false,
          logLevel: "silent",
        });
        return [name, new Uint8Array(outputFiles[0].contents)] as const;
      });
      return new Map(await Promise.all(scripts));
    });
  } catch (error) {
    throw new Error(`the page's scripts could not be bundled: ${(error as Error).message}`);
  }
}
