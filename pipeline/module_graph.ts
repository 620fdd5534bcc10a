/** What a module can reach when it runs, found out anew: Deno's module graph and what it leaves out. */
import { PipelineError } from "./errors.ts";
import { fileURLToPath } from "node:url";
import { statOrNull } from "./tree.ts";

/** A module's reach, by path; contents are another matter. */
export interface Reach {
  /** Own files: modules, and what they refer to by `new URL("…", import.meta.url)`. */
  files: string[];
  /** Of these, what the step's process opens itself: workers with all that they import, wasm, data. */
  opened: string[];
  /** npm packages with all that they depend on: where they lie, by name and version. */
  packages: Record<string, string>;
  /** Modules from elsewhere (https, jsr): the file that Deno keeps of them, by specifier. */
  remote: Record<string, string>;
}

interface DenoInfo {
  modules: {
    specifier: string;
    kind?: string;
    local?: string;
    error?: string;
    npmPackage?: string;
    dependencies?: { isDynamic?: boolean; code?: { specifier?: string; error?: string } }[];
  }[];
  redirects: Record<string, string>;
  npmPackages: Record<string, { dependencies: string[]; localPath: string }>;
}

/** @throws {PipelineError} when an import leads nowhere */
export async function findReach(module: URL): Promise<Reach> {
  const files = new Set<string>();
  const opened = new Set<string>();
  const packages: Record<string, string> = {};
  const remote: Record<string, string> = {};
  const entries = [module.href];
  // Workers are found on the way and have graphs of their own.
  for (const entry of entries) {
    const info = await denoInfo(entry, new URL(".", module));
    for (const reached of follow(info, entry)) {
      if (reached.kind === "npm") addPackage(info, reached.npmPackage!, packages);
      else if (!reached.local) continue; // Part of Deno itself: node:fs.
      else if (!reached.specifier.startsWith("file:")) remote[reached.specifier] = reached.local;
      else {
        files.add(reached.local);
        if (entry !== module.href) opened.add(reached.local);
        for (const url of referredFiles(reached.local, reached.specifier)) {
          const path = fileURLToPath(url);
          // One that is not there yet counts, too: it may appear. Only files may be opened.
          files.add(path);
          if (!statOrNull(path)?.isFile) continue;
          opened.add(path);
          if (isScript(path) && !entries.includes(url.href)) entries.push(url.href);
        }
      }
    }
  }
  return { files: [...files].sort(), opened: [...opened].sort(), packages, remote };
}

async function denoInfo(entry: string, cwd: URL): Promise<DenoInfo> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    // Its configuration is that of the folder it stands in; `deno run` takes the module's.
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  const cause = new TextDecoder().decode(stderr).trim();
  throw new PipelineError(`cannot read the module graph of ${entry}: ${cause}`);
}

/** Modules that `entry` reaches at run time: imports of types alone do not count. */
function follow({ modules, redirects }: DenoInfo, entry: string): DenoInfo["modules"] {
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const reached = new Set<DenoInfo["modules"][number]>();
  const todo = [{ specifier: entry, optional: false }];
  for (const { specifier, optional } of todo) {
    const module = bySpecifier.get(redirects[specifier] ?? specifier);
    const error = module ? module.error : `Module not found "${specifier}".`;
    if (error && !optional) throw new PipelineError(error);
    if (!module || error || reached.has(module)) continue;
    reached.add(module);
    for (const { code, isDynamic } of module.dependencies ?? []) {
      // A dynamic import may be meant to fail.
      const optionalHere = optional || isDynamic === true;
      if (code?.error && !optionalHere) throw new PipelineError(code.error);
      if (code?.specifier) todo.push({ specifier: code.specifier, optional: optionalHere });
    }
  }
  return [...reached];
}

function addPackage(info: DenoInfo, id: string, packages: Record<string, string>): void {
  const found = info.npmPackages[id];
  if (!found || id in packages) return;
  packages[id] = found.localPath;
  for (const dependency of found.dependencies) addPackage(info, dependency, packages);
}

const REFERENCE =
  /new\s+URL\(\s*(["'`])([^"'`$\\\n]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)|import\.meta\.resolve\(\s*(["'`])(\.{1,2}\/[^"'`$\\\n]+)\3\s*,?\s*\)/g;

/** Files that a module names relative to itself. Whole folders are not found: they need declaring. */
function referredFiles(path: string, specifier: string): URL[] {
  if (!isScript(path)) return [];
  return [...Deno.readTextFileSync(path).matchAll(REFERENCE)]
    .map((match) => new URL(match[2] ?? match[4], specifier))
    .filter((url) => url.protocol === "file:" && !url.pathname.endsWith("/"))
    .map((url) => new URL(url.pathname, url));
}

const isScript = (path: string) => /\.[cm]?[jt]sx?$/.test(path);
