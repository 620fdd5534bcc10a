/** docs/licences.md names every package that the page carries, with the licence that it says it has. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const page = await Deno.readTextFile(new URL("docs/licences.md", ROOT));
const rows = page.split("\n").filter((line) => line.startsWith("|"));

interface ModuleGraph {
  roots: string[];
  redirects: Record<string, string>;
  modules: { specifier: string; dependencies?: { code?: { specifier: string } }[] }[];
  npmPackages: Record<string, { name: string; localPath: string }>;
}

/** Packages whose code the modules behind `entry` run, by name, each with its `package.json`'s licence. */
async function packagesOf(entry: string): Promise<Map<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const reached = new Set(graph.roots);
  for (const specifier of reached) {
    for (const { code } of modules.get(specifier)?.dependencies ?? []) {
      if (code) reached.add(graph.redirects[code.specifier] ?? code.specifier);
    }
  }
  const licences = new Map<string, string>();
  for (const specifier of reached) {
    const name = specifier.match(/^npm:\/?((?:@[^/]+\/)?[^@/]+)@/)?.[1];
    if (!name) continue;
    const { localPath } = Object.values(graph.npmPackages).find((one) => one.name === name)!;
    const { license } = JSON.parse(await Deno.readTextFile(`${localPath}/package.json`));
    licences.set(name, license);
  }
  return licences;
}

Deno.test("every package of the page's scripts has its row, with its licence", async () => {
  const licences = new Map<string, string>();
  const entries = [
    "app/page/dom/app.ts",
    "app/page/worker.ts",
    "app/page/browser/crypto.ts",
    "app/teach/dom/worker.ts",
    "app/teach/settle_worker.ts",
    "backend/wasm/worker.ts",
  ];
  for (const entry of entries) {
    for (const [name, licence] of await packagesOf(entry)) licences.set(name, licence);
  }
  assert.ok(licences.has("@tensorflow/tfjs") && licences.has("libheif-js"), "none are found");
  for (const [name, licence] of licences) {
    const names = (row: string) =>
      row.split(/[\s(),[\]]+/).includes(name) &&
      licence.replace(/[()]/g, "").split(" OR ").every((one) => row.includes(one));
    assert.ok(rows.some(names), `no row names ${name} with ${licence}`);
  }
});
