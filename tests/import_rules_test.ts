/** The house stays as drawn: each room imports only the rooms it may. */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** Rooms of ours that a room may import, besides itself. A folder may be named alone. */
const MAY_IMPORT: Record<string, string[]> = {
  pipeline: [],
  download: [],
  backend: [],
  data: ["download"],
  weights: ["download"],
  models: ["backend/ops"],
  training: ["models", "data", "backend"],
  report: ["data"],
  cli: ["pipeline"],
  export: ["backend/ops", "models", "weights"],
  page: ["backend", "data", "export", "models", "report", "training", "weights"],
  serve: [],
  doctor: ["data", "training/metrics.ts"],
  certify: ["backend", "data", "download", "models", "training", "weights"],
};

interface ModuleGraph {
  modules: { specifier: string; dependencies?: { code?: { specifier: string } }[] }[];
}

/** Paths of the repository's modules that `entries` reach, each with what it imports. */
async function importsOf(entries: string[]): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  for (const entry of entries) {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: ROOT,
      stderr: "null",
    }).output();
    assert.ok(success, `deno info ${entry} failed`);
    const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
    for (const { specifier, dependencies = [] } of graph.modules) {
      if (!specifier.startsWith(ROOT.href)) continue;
      const targets = dependencies
        .map(({ code }) => code?.specifier ?? "")
        .filter((target) => target.startsWith(ROOT.href));
      imports.set(relative(specifier), targets.map(relative));
    }
  }
  return imports;
}

const relative = (specifier: string) => specifier.slice(ROOT.href.length);
const roomOf = (path: string) => path.split("/")[0];

async function* modulesUnder(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${name}`;
    // AssemblyScript's dialect of TypeScript is no module of Deno's.
    if (isDirectory && path !== "backend/wasm/kernels") yield* modulesUnder(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

Deno.test("each room imports only the rooms that it may", async () => {
  const broken: string[] = [];
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    const imports = await importsOf(await Array.fromAsync(modulesUnder(room)));
    for (const [path, targets] of imports) {
      if (roomOf(path) !== room) continue;
      for (const target of targets) {
        const fits = roomOf(target) === room ||
          allowed.some((rule) => target === rule || target.startsWith(`${rule}/`));
        if (!fits) broken.push(`${path} imports ${target}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("nothing but the tests imports tests, and no room imports the tasks", async () => {
  const broken: string[] = [];
  for (const room of Object.keys(MAY_IMPORT)) {
    for (const [path, targets] of await importsOf(await Array.fromAsync(modulesUnder(room)))) {
      const wrong = targets.filter((target) => /^(tests|tasks|bench)\//.test(target));
      broken.push(...wrong.map((target) => `${path} imports ${target}`));
    }
  }
  assert.deepEqual(broken, []);
});
