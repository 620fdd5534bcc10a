/** Who imports whom, as Deno sees it. */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

export interface Imports {
  /** Relative to the repository, as are all. */
  path: string;
  /** Modules of ours that it loads. */
  code: string[];
  /** Modules of ours that it takes nothing but types from. */
  types: string[];
}

interface Dependency {
  code?: { specifier: string };
  type?: { specifier: string };
}

interface ModuleGraph {
  modules: { specifier: string; dependencies?: Dependency[] }[];
}

const graphs = new Map<string, Promise<Imports[]>>();

/** Every module of the repository that `entries` reach, types included, each with what it imports. */
export function importsOf(entries: string[]): Promise<Imports[]> {
  const which = entries.join(" ");
  const known = graphs.get(which) ?? readGraph(entries);
  graphs.set(which, known);
  return known;
}

async function readGraph(entries: string[]): Promise<Imports[]> {
  // One question for all: Deno takes a moment to start.
  const source = entries.map((entry) => `import ${JSON.stringify(new URL(entry, ROOT))};`).join("");
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:text/javascript,${encodeURIComponent(source)}`],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { modules }: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
  return modules.filter(({ specifier }) => isOurs(specifier))
    .map(({ specifier, dependencies = [] }) => {
      const code = targetsOf(dependencies.map(({ code }) => code));
      const types = targetsOf(dependencies.map(({ type }) => type))
        .filter((target) => !code.includes(target));
      return { path: relative(specifier), code, types };
    });
}

const isOurs = (specifier: string) => specifier.startsWith(ROOT.href);
const relative = (specifier: string) => specifier.slice(ROOT.href.length);
const targetsOf = (dependencies: (Dependency["code"] | undefined)[]) => [
  ...new Set(
    dependencies.map((dependency) => dependency?.specifier ?? "").filter(isOurs).map(relative),
  ),
];

export const roomOf = (path: string): string => path.split("/")[0];

/** Paths of all modules in a folder of the repository. */
export async function modulesUnder(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${name}`;
    // AssemblyScript's dialect of TypeScript is no module of Deno's.
    if (isDirectory && !path.endsWith("/kernels")) paths.push(...await modulesUnder(path));
    else if (name.endsWith(".ts")) paths.push(path);
  }
  return paths;
}
