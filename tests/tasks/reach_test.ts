/**
 * What each step reaches: its key is made of that code, so whatever it can reach without running it
 * makes it run again for nothing.
 */
import assert from "node:assert/strict";
import { type Imports, importsOf } from "../module_imports.ts";

interface Reach {
  /**
   * Modules of ours, types included, as `deno info --json` counts them: to be lowered, not raised. Of a
   * step that computes, with what is loaded before it for either backend.
   */
  most: number | Record<typeof BACKENDS[number], number>;
  /** Rooms, folders of rooms or files that it may run code of. */
  runs: string[];
  /** Those that it may know the types of besides. */
  types: string[];
}

const BACKENDS = ["wasm", "webgpu"] as const;

/** What every step has: the file of its own, its artifacts' schemas, and what a step starts with. */
const EVERY_STEP = {
  runs: ["tasks", "pipeline/process"],
  types: ["pipeline"],
};

const COMPUTES = [
  "weights",
  "models",
  "backend",
  "training",
  "data",
  "data/augmentation",
  "data/statistics",
];

/** What keeps states on the disk, whole or not at all. */
const CHECKPOINTS = ["pipeline/store", "pipeline/digest.ts"];

/** What keeps results of single items. */
const ITEMS = ["pipeline/store", "pipeline/digest.ts"];

/** Numbers that nobody learned, which a file of weights is compared with: a function of its own file. */
const WINDOW_INDEX = "backend/ops/relative_places.ts";

// How photos become squares, and as what a model sees them, are two files of most; sets of near
// duplicates two, kernels of the probe two, the sampler that rare classes are drawn by one; kernels that
// resize photos three, which those that decode them are apart from, so that training reaches no codec.
// Of the modules that a step computes by, those of wasm are 60 and those of WebGPU 97: the parameters
// choose which are loaded. Depthwise convolutions by panels are two of wasm's. What products are computed in is one, and that photos are asked about in parts
// of a batch, where WebGPU cannot take it at once, two on both.
const STEPS: Record<string, Reach> = {
  download_data: {
    // Lists of labels are six files with the types of a library, archives that are tar two.
    // Decoding in processes that can be killed is seven files, photos that are kept five.
    // HEIC, AVIF and large PNG are eight files; how photos are divided and grouped six; activations one;
    // plain JPEG by kernels of ours four.
    most: 147,
    runs: ["data", "data/sources", "data/download", "data/review", ...ITEMS],
    types: ["data/codecs", "data/kernels", "models"],
  },
  convert_weights: {
    // MobileNetV3 and EfficientNet are two files, activations one; transformers and ConvNeXt five, sizes
    // and former names two; Swin and the index that its files hold two; RegNet,
    // convolutions in groups and norms that were folded three.
    most: 78,
    runs: [
      "weights",
      "models",
      "data/download",
      "data/unwritable.ts",
      "data/windows_name.ts",
      WINDOW_INDEX,
    ],
    types: ["backend"],
  },
  build_datasets: {
    // A forecast, what the doctor says in a file that both building steps share, bursts, and backdrops.
    // Decoding in processes and keeping what was decoded, which the three steps share. Plain JPEG by
    // kernels of ours, and crops of it, are six files.
    most: 145,
    runs: [
      "data",
      "data/sources",
      "data/codecs",
      "data/kernels",
      "data/doctor",
      "data/statistics",
      "models",
      "report",
      ...ITEMS,
    ],
    types: ["weights", "backend", "data/augmentation"],
  },
  build_test_part: {
    most: 141, // likewise; photos on a sheet are cut in a process, two files
    runs: [
      "data",
      "data/augmentation",
      "data/sources",
      "data/codecs",
      "data/kernels",
      "data/doctor",
      "data/statistics",
      "models",
      "report",
      ...ITEMS,
    ],
    types: ["weights", "backend"],
  },
  compute_features: {
    most: { wasm: 159, webgpu: 198 },
    runs: [...COMPUTES, "inference", ...ITEMS],
    types: [],
  },
  find_issues: {
    most: { wasm: 177, webgpu: 216 }, // as compute_features, with a head, what the doctor found, and groups of photos
    runs: [
      ...COMPUTES,
      "inference",
      ...ITEMS,
      "data/doctor/finding.ts",
      "data/sources/merge_groups.ts",
    ],
    types: [],
  },
  choose_backbone: {
    most: 80,
    runs: ["weights", "models", "training", "data", "data/statistics"],
    types: ["backend"],
  },
  train_probe: {
    most: 80,
    runs: ["weights", "models", "training", "data", "data/statistics", WINDOW_INDEX],
    types: ["backend"],
  },
  // Two optimisers more, their rates, averages and a time budget, which the steps share. Finding a rate
  // is three.
  train_finetune: {
    most: { wasm: 195, webgpu: 235 },
    runs: [...COMPUTES, ...CHECKPOINTS],
    types: [],
  },
  train_frozen: {
    most: { wasm: 195, webgpu: 235 },
    runs: [...COMPUTES, ...CHECKPOINTS],
    types: [],
  },
  evaluate: {
    most: { wasm: 213, webgpu: 252 }, // what to do next, abstaining, and findings of two steps in one order
    runs: [...COMPUTES, "inference", "report", "data/doctor"],
    types: ["data/sources"],
  },
  // The schema of metrics.json has what to do next. Plain JPEG by kernels of ours is six files.
  predict: {
    most: { wasm: 220, webgpu: 259 },
    runs: [...COMPUTES, "inference", "data/codecs", "data/kernels", "report"],
    types: [],
  },
  sweep: {
    most: 33, // likewise
    runs: ["training", "models", "data/statistics", "report"],
    types: ["data"],
  },
};

/** What training never runs, and so never has in its key. */
const NOT_IN_TRAINING = [
  /^data\/(download|codecs|sources|doctor)\//,
  /^weights\/(pickle|torch|onnx|read|fetch)/,
  /^report\//,
  /^inference\//,
  /^export\//,
];

const cases = Object.entries(STEPS).flatMap(([step, { most, ...may }]) => {
  const entry = `tasks/${step}.ts`;
  return typeof most === "number"
    ? [{ what: step, most, entries: [entry], ...may }]
    : BACKENDS.map((backend) => ({
      what: `${step} by ${backend}`,
      most: most[backend],
      entries: [entry, `backend/${backend}/preload.ts`],
      ...may,
    }));
});

for (const { what, entries, most, runs, types } of cases) {
  Deno.test(`${what} runs code of no other room, and knows the types of few`, async () => {
    const graph = await graphOf(entries);
    const run = reached(entries, graph, ({ code }) => code);
    const known = reached(entries, graph, ({ code, types }) => [...code, ...types]);
    const mayRun = [...EVERY_STEP.runs, ...runs];
    const mayKnow = [...mayRun, ...EVERY_STEP.types, ...types];
    assert.deepEqual(trespassers(run, mayRun), [], `${what} runs what it must not`);
    assert.deepEqual(trespassers(known, mayKnow), [], `${what} knows what it must not`);
  });

  Deno.test(`${what} reaches ${most} modules of ours at most`, async () => {
    const graph = await graphOf(entries);
    if (graph.size <= most) return;
    const counts = Map.groupBy(graph.keys(), folderOf);
    assert.fail(
      `${what} reaches ${graph.size} modules, ${graph.size - most} too many.\n` +
        `By folder: ${[...counts].map(([name, { length }]) => `${name} ${length}`).join(", ")}\n` +
        `Imports by which alone most are reached:\n${heaviest(entries, graph).join("\n")}`,
    );
  });
}

for (const backend of BACKENDS) {
  Deno.test(`a step by ${backend} reaches nothing of the other backend`, async () => {
    const others = BACKENDS.filter((name) => name !== backend);
    for (const { entries } of cases.filter(({ what }) => what.endsWith(` by ${backend}`))) {
      const wrong = [...(await graphOf(entries)).keys()]
        .filter((path) => others.some((other) => path.startsWith(`backend/${other}/`)));
      assert.deepEqual(wrong, [], entries[0]);
    }
  });
}

for (const step of ["train_finetune", "train_frozen"]) {
  Deno.test(`${step} reaches no download, codec, pickle, ZIP, ONNX or report`, async () => {
    const entries = [`tasks/${step}.ts`, ...BACKENDS.map((name) => `backend/${name}/preload.ts`)];
    const known = reached(
      entries,
      await graphOf(entries),
      ({ code, types }) => [...code, ...types],
    );
    const wrong = [...known].filter(([path]) => NOT_IN_TRAINING.some((rule) => rule.test(path)));
    assert.deepEqual(wrong.map(([, chain]) => chain.join(" → ")), []);
  });
}

type Graph = Map<string, Imports>;

async function graphOf(entries: string[]): Promise<Graph> {
  return new Map((await importsOf(entries)).map((imports) => [imports.path, imports]));
}

/** Each module that any of `entries` reaches, with the shortest chain of imports to it. */
function reached(
  entries: string[],
  graph: Graph,
  targetsOf: (imports: Imports) => string[],
  without?: { from: string; to: string },
): Map<string, string[]> {
  const chains = new Map(entries.map((entry) => [entry, [entry]]));
  for (const [path, chain] of chains) {
    const imports = graph.get(path);
    for (const target of imports ? targetsOf(imports) : []) {
      const isCut = without?.from === path && without.to === target;
      if (!isCut && !chains.has(target)) chains.set(target, [...chain, target]);
    }
  }
  return chains;
}

/** `pipeline/process`, say, or `tasks` of a file at a room's top; tasks has no rooms inside. */
const folderOf = (path: string) => {
  const folder = path.split("/").slice(0, -1).slice(0, 2).join("/");
  return /^(data|pipeline|report)\//.test(folder) ? folder : folder.split("/")[0];
};

/** Of each folder that is not allowed, the chain of imports that leads there first. */
function trespassers(chains: Map<string, string[]>, allowed: string[]): string[] {
  const wrong = new Map<string, string>();
  for (const [path, chain] of chains) {
    const folder = folderOf(path);
    const fits = allowed.includes(folder) || allowed.includes(path);
    if (!fits && !wrong.has(folder)) wrong.set(folder, chain.join(" → "));
  }
  return [...wrong.values()];
}

/** The imports by which most modules hang, the chain to them, and how many hang there. */
function heaviest(entries: string[], graph: Graph): string[] {
  const all = ({ code, types }: Imports) => [...code, ...types];
  const chains = reached(entries, graph, all);
  return [...graph.values()].flatMap((imports) =>
    all(imports).map((to) => {
      const left = reached(entries, graph, all, { from: imports.path, to });
      return { chain: [...chains.get(imports.path) ?? [], to], brings: chains.size - left.size };
    })
  ).filter(({ brings }) => brings > 0)
    .sort((a, b) => b.brings - a.brings)
    .slice(0, 12)
    .map(({ chain, brings }) => `  ${brings}: ${chain.join(" → ")}`);
}
