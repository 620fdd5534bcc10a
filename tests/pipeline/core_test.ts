/** The orchestrator's core can be read at its top, and knows its parts by their interfaces. */
import assert from "node:assert/strict";
import { importsOf, modulesUnder } from "../module_imports.ts";

const CORE = /^pipeline\/[^/]+\.ts$/;
/** Of the core, the one that may know what stands behind an interface. */
const CHOICE = "pipeline/implementations.ts";
const PARTS = ["store", "code", "executors"];

const partOf = (path: string) => PARTS.find((part) => path.startsWith(`pipeline/${part}/`));

Deno.test("the core imports nothing of stores, code and executors, but where they are chosen", async () => {
  const core = (await modulesUnder("pipeline")).filter((path) => CORE.test(path));
  const wrong = (await importsOf(core))
    .filter(({ path }) => CORE.test(path) && path !== CHOICE)
    .flatMap(({ path, code, types }) =>
      [...code, ...types].filter(partOf).map((target) => `${path} imports ${target}`)
    );
  assert.deepEqual(wrong, []);
});

Deno.test("what explains and looks after results knows no concrete store either", async () => {
  const folders = ["pipeline/explain", "pipeline/upkeep"];
  const modules = (await Promise.all(folders.map(modulesUnder))).flat();
  assert.ok(modules.length > 8);
  const wrong = (await importsOf(modules))
    .filter(({ path }) => modules.includes(path))
    .flatMap(({ path, code, types }) =>
      [...code, ...types].filter(partOf).map((target) => `${path} imports ${target}`)
    );
  assert.deepEqual(wrong, []);
});

Deno.test("one file knows the concrete store, code and executor", async () => {
  const imports = await importsOf([CHOICE]);
  const { code } = imports.find(({ path }) => path === CHOICE)!;
  assert.deepEqual(code.map(partOf).filter(Boolean).sort(), [
    "code",
    "executors",
    // One in a folder, layers of them, one on another machine, and how its address is told from a path.
    "store",
    "store",
    "store",
    "store",
  ]);
});

Deno.test("the core is twenty files at most", async () => {
  const core = (await modulesUnder("pipeline")).filter((path) => CORE.test(path));
  assert.ok(core.length <= 20, core.join(" "));
});

Deno.test("a step that only runs loads its side of the protocol", async () => {
  const step = "tests/pipeline/steps/write_text.ts";
  const loaded = new Set([step]);
  const imports = await importsOf([step]);
  for (const path of loaded) {
    for (const next of imports.find((module) => module.path === path)!.code) loaded.add(next);
  }
  assert.deepEqual([...loaded].sort(), [
    "pipeline/process/disk_full.ts",
    "pipeline/process/protocol.ts",
    "pipeline/process/step.ts",
    step,
  ]);
});

Deno.test("a step with checkpoints reaches ten modules of the orchestrator's at most, types included", async () => {
  const step = "tests/pipeline/steps/count.ts";
  const reached = (await importsOf([step])).map(({ path }) => path)
    .filter((path) => path.startsWith("pipeline/"));
  assert.ok(reached.includes("pipeline/process/step.ts"));
  assert.ok(reached.length <= 10, reached.join(" "));
});
