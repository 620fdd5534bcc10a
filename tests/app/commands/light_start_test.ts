/** What every command waits for before it runs. */
import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

interface ModuleGraph {
  roots: string[];
  redirects: Record<string, string>;
  modules: {
    specifier: string;
    dependencies?: { isDynamic?: boolean; code?: { specifier: string } }[];
  }[];
}

Deno.test("the command line starts without tfjs: commands that need it load it when they run", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "app/main.ts"],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const reached = new Set(graph.roots);
  for (const specifier of reached) {
    for (const { isDynamic, code } of modules.get(specifier)?.dependencies ?? []) {
      if (code && !isDynamic) reached.add(graph.redirects[code.specifier] ?? code.specifier);
    }
  }
  assert.ok(reached.has(new URL("app/commands/predict.ts", ROOT).href));
  assert.deepEqual([...reached].filter((specifier) => /tensorflow|onnx|resvg/.test(specifier)), []);
});
