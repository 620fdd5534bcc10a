/** An export is a promise to others: what no other module takes is not exported. */
import assert from "node:assert/strict";
import { type ExportName, readExports } from "./module_exports.ts";
import { modulesUnder } from "./module_imports.ts";

/** What no module takes and a test asks on its own all the same: each is used in its own file. */
const FOR_TESTS: ExportName[] = [
  "app/cli/main.ts#endingSignals",
  "app/cli/pace.ts#secondsLeft",
  "app/cli/questions.ts#LineTerminal",
  "app/open_file.ts#openCommand",
  "app/packages/build.ts#buildJsrPackage",
  "app/packages/build.ts#buildPackages",
  "app/trained/model_origin.ts#describeOrigin",
  "backend/ops/global_norm.ts#globalNorm",
  "backend/wasm/build.ts#BASELINE_OF",
  "backend/wasm/build.ts#SHARED",
  "backend/wasm/build.ts#compileKernels",
  "backend/wasm/build.ts#sha256",
  "backend/wasm/self_check.ts#kernelsAreRight",
  "backend/webgpu/conv_tile.ts#SHARED",
  "backend/webgpu/operations/conv2d_filter_gradient.ts#cutForSharing",
  "backend/webgpu/tuner.ts#Tuner",
  "bench/certify/reference_model.ts#hashedTensors",
  "bench/certify/reference_model.ts#readShapes",
  "bench/certify/reference_model.ts#referenceTensors",
  "bench/gpu.ts#countOfTests",
  "bench/gpu.ts#stepTable",
  "bench/gpu.ts#tutorialTable",
  "bench/networks.ts#withTimes",
  "bench/stock_models.ts#separableBlock",
  "data/process_pool.ts#ProcessError",
  "data/sources/divide.ts#takeGroups",
  "models/manifest.ts#recipe",
  "training/balance.ts#logitOffsets",
  "data/build_kernels.ts#KERNELS",
  "data/build_kernels.ts#kernelModule",
  "training/probe/learning_curve.ts#shareOf",
  "training/probe/logistic_regression.ts#predictProba",
  "training/time_budget.ts#affordableEpochs",
];

const ROOT = new URL("../", import.meta.url);
const { exports: entries } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));

async function readModules(paths: string[]) {
  const modules = await Promise.all(paths.map(readExports));
  return new Map(modules.map((module, i) => [paths[i], module]));
}

const rooms = Array.from(Deno.readDirSync(ROOT))
  .filter(({ name, isDirectory }) => isDirectory && !/^\.|^(tests|docs|dist)$/.test(name));
const ofRooms = await Promise.all(rooms.map(({ name }) => modulesUnder(name)));
const modules = await readModules(["mod.ts", ...ofRooms.flat()]);
const tests = await readModules(await modulesUnder("tests"));

/** Exports that another module takes, that are public, or whose module is loaded by its path. */
const used = new Set<ExportName>();

function use(name: ExportName): void {
  if (used.has(name)) return;
  used.add(name);
  const [path, what] = name.split("#"), module = modules.get(path);
  if (what === "*") module?.exports.forEach(use);
  const source = module?.handsOn.get(name);
  if (source) use(source);
  else module?.handsOnAll.forEach((from) => use(`${from}#${what}`));
}

for (const entry of Object.values<string>(entries)) use(`${entry.slice("./".length)}#*`);
for (const module of modules.values()) {
  module.uses.forEach(use);
  for (const path of module.loads) use(`${path}#*`);
}
const unused = [...modules.values()].flatMap(({ exports, signatureTypes }) =>
  exports.filter((name) =>
    !used.has(name) && !signatureTypes.includes(name) && !name.includes(".d.ts#")
  )
);
const takenByTests = new Set([...tests.values()].flatMap(({ uses }) => uses));

Deno.test("no export is without a module that takes it, but for those that a test asks on its own", () => {
  const known = new Set(FOR_TESTS);
  assert.deepEqual(unused.filter((name) => !known.has(name)), []);
});

Deno.test("what is exported for tests alone is taken by one, and by no module", () => {
  assert.deepEqual(FOR_TESTS.filter((name) => !takenByTests.has(name)), []);
  assert.deepEqual(FOR_TESTS.filter((name) => !unused.includes(name)), []);
});
