/**
 * The DAG, on one screen:
 *
 *     download_data ──► build_datasets ──┬─► train_finetune ──┬─► evaluate ──► predict
 *     convert_weights ───────────────────┴─► train_frozen  ───┘
 *
 * and that of `--recipe best`, whose frozen branch is a head fitted to convergence, from which the
 * finetuned one starts:
 *
 *     download_data ──► build_datasets ──┬─► compute_features ─► train_frozen ─► train_finetune ─► …
 *     convert_weights ───────────────────┘
 *
 * and whose photos to test by go past all of that: `build_test` packs them apart, for `evaluate`.
 *
 * Where several networks are compared, `convert_weights` is one step for each of them, and
 * `choose_backbone`, which looks at features of some of the photos, leaves what it would leave:
 *
 *     convert_weights_A ──► compute_features_A ──┬─► choose_backbone ──► compute_features ──► …
 *     convert_weights_B ──► compute_features_B ──┘
 *
 * `cross_validate_1` and so on repeat all choices without a part of the photos, and ask about it,
 * where there are none to test by; `evaluate` gathers what they say.
 */
import { type Branch, BRANCHES } from "../models/manifest.ts";
import { defineStep } from "../pipeline/declaration.ts";
import { definePipeline, type Pipeline, selectSteps } from "../pipeline/graph.ts";
import * as schema from "./parameters.ts";
import {
  computing,
  computingAndDrawing,
  decoding,
  downloading,
  drawing,
  fetchingWeights,
  packing,
} from "./permissions.ts";

const step = (name: string, file = name) => ({
  name,
  module: new URL(`./${file}.ts`, import.meta.url),
});

/** Of a backend that does not compute no code is in a key. */
const PRELOADED = {
  wasm: new URL("../backend/wasm/preload.ts", import.meta.url),
  webgpu: new URL("../backend/webgpu/preload.ts", import.meta.url),
};

/**
 * Megabytes that a cluster gives to a step, which are to be enough for every network: measured with
 * ViT-B/16, the largest, whose training took 4,750 (docs/cluster.md). The wasm backend's heap ends at
 * 4 GB, whatever the batch.
 */
const MEMORY = {
  weights: 1000,
  packing: 4500,
  features: 2500,
  probe: 2000,
  training: 5000,
  asking: 2500,
};

/** A step that computes takes the whole machine: two at a time would only slow each other down. */
const wholeMachine =
  (memory: number) => ({ backend }: Pick<schema.ComputeParameters, "backend">) => ({
    cpu: Infinity,
    gpu: backend === "webgpu" ? 1 : 0,
    memory,
  });

/** What settings decide of the graph. */
export interface Shape {
  /** Whether it is that of `--recipe best`. */
  best: boolean;
  /** Which branches are scored, and so trained. */
  branches: readonly Branch[];
  /** Networks that are compared, where there are several. */
  backbones: readonly string[];
  /** Parts of the nested cross-validation by which the frozen branch of `best` is measured. */
  folds: number;
}

const TUTORIAL: Shape = { best: false, branches: BRANCHES, backbones: [], folds: 0 };

/** @param v8Flags `deno run` arguments for steps that compute on wasm and parse no untrusted bytes */
export function graftPipeline(
  v8Flags: readonly string[],
  { best, branches, backbones, folds }: Shape = TUTORIAL,
): Pipeline {
  const compute = {
    preload: ({ backend }: schema.ComputeParameters) => PRELOADED[backend],
    notInKey: schema.COMPUTE_NOT_IN_KEY,
    device: ({ backend, device }: schema.ComputeParameters) =>
      backend === "webgpu" ? `webgpu on ${device}` : "wasm",
    resources: wholeMachine(MEMORY.asking),
    ...computing,
  };
  const fast = {
    ...compute,
    denoArguments: ({ backend }: schema.ComputeParameters) => backend === "wasm" ? v8Flags : [],
  };
  const trained = {
    notInDigest: ["history.json"], // it tells how long each epoch took
    handedOn: ["best.safetensors", "model.json"],
  };
  const train = {
    ...fast,
    ...trained,
    parameters: schema.train,
    resources: wholeMachine(MEMORY.training),
    outputs: [
      "best.safetensors",
      "model.json",
      "history.json",
      "trace.ndjson",
      "curves.json",
    ],
    checkpointsAcross: ["recipe.epochs"],
  };
  const pretrained = {
    parameters: schema.convertWeights,
    notInKey: schema.DOWNLOADS_NOT_IN_KEY,
    inputs: [],
    outputs: ["weights.safetensors", "model.json"],
    // It waits for others' servers: where one does not answer, those of other networks are not waited for.
    resources: ({ weights }: schema.ConvertWeightsParameters) => ({
      cpu: weights ? 1 : 1 / 4,
      memory: MEMORY.weights,
    }),
    ...fetchingWeights,
  };
  const features = {
    ...fast,
    parameters: schema.computeFeatures,
    resources: wholeMachine(MEMORY.features),
    outputs: ["features.safetensors"],
    itemCache: { features: new URL("../inference/feature_extractor.ts", import.meta.url) },
  };
  const start = backbones.length > 1 ? "choose_backbone" : "convert_weights";
  const candidateFeatures = backbones.map((name) => `compute_features_${name}`);
  const candidates = [
    ...backbones.map((name) => `convert_weights_${name}`),
    ...candidateFeatures,
  ];
  const starting = backbones.length > 1
    ? [
      ...backbones.map((name) =>
        defineStep({
          ...step(`convert_weights_${name}`, "convert_weights"),
          kind: "convert_weights",
          ...pretrained,
        })
      ),
      ...backbones.map((name) =>
        defineStep({
          ...step(`compute_features_${name}`, "compute_features"),
          kind: "compute_features",
          ...features,
          inputs: {
            convert_weights: `convert_weights_${name}`,
            build_datasets: "build_datasets",
          },
        })
      ),
      defineStep({
        ...step("choose_backbone"),
        parameters: schema.chooseBackbone,
        resources: () => ({ memory: MEMORY.probe }),
        inputs: ["build_datasets", ...candidates],
        optional: candidates,
        outputs: ["weights.safetensors", "model.json", "choice.json"],
      }),
    ]
    : [defineStep({ ...step("convert_weights"), ...pretrained })];
  const training = best
    ? [
      defineStep({
        ...step("compute_features"),
        ...features,
        inputs: { convert_weights: start, build_datasets: "build_datasets" },
      }),
      defineStep({
        ...step("train_frozen", "train_probe"),
        ...trained,
        parameters: schema.trainProbe,
        notInKey: ["device"],
        resources: () => ({ memory: MEMORY.probe }),
        inputs: {
          convert_weights: start,
          build_datasets: "build_datasets",
          compute_features: "compute_features",
        },
        outputs: ["best.safetensors", "model.json", "history.json", "curves.json", "probe.json"],
      }),
      defineStep({
        ...step("train_finetune"),
        ...train,
        inputs: ["train_frozen", "build_datasets"],
      }),
    ]
    : BRANCHES.map((branch) =>
      defineStep({
        ...step(`train_${branch}`),
        ...train,
        inputs: ["convert_weights", "build_datasets"],
      })
    );
  const crossValidation = best && branches.includes("frozen")
    ? Array.from({ length: folds }, (_, fold) =>
      defineStep({
        ...step(`cross_validate_${fold + 1}`, "cross_validate"),
        kind: "cross_validate",
        parameters: schema.crossValidate,
        resources: () => ({ memory: MEMORY.probe }),
        inputs: [
          "build_datasets",
          "build_test",
          ...backbones.length > 1 ? candidateFeatures : ["convert_weights", "compute_features"],
        ],
        reads: { build_test: ["test.json"] }, // whether there are any, and no more of them
        optional: candidateFeatures,
        outputs: ["held_out.json"],
      }))
    : [];
  const testing = best
    ? [
      defineStep({
        ...step("build_test", "build_test_part"),
        inputs: ["download_data", "build_datasets"],
        outputs: ["test.json", "dataset.json", "quarantine.json", "findings.json", "test.pack"],
        ...packing,
        ...drawing,
        resources: () => ({ cpu: Infinity, memory: MEMORY.packing }),
      }),
    ]
    : [];
  const scored = ["download_data", "build_datasets", ...branches.map((name) => `train_${name}`)];
  const whole = definePipeline([
    defineStep({
      ...step("download_data"),
      parameters: schema.downloadData,
      notInKey: schema.DOWNLOADS_NOT_IN_KEY,
      inputs: [],
      outputs: ["photos", "photos.json", "source.json"],
      linked: ["photos"],
      ...decoding,
      ...downloading,
    }),
    ...starting,
    defineStep({
      ...step("build_datasets"),
      parameters: schema.buildDatasets,
      inputs: ["download_data"],
      // Not photos to test by, nor where they are from: no model is made or chosen by them.
      reads: { download_data: ["photos.json", "photos/train", "photos/val"] },
      outputs: [
        "dataset.json",
        "quarantine.json",
        "findings.json",
        "train.pack",
        "val.pack",
      ],
      ...packing,
      ...drawing,
      resources: () => ({ cpu: Infinity, memory: MEMORY.packing }),
    }),
    ...training,
    ...testing,
    ...crossValidation,
    defineStep({
      ...step("evaluate"),
      ...fast,
      ...computingAndDrawing,
      parameters: schema.compute,
      inputs: [...scored, ...[...testing, ...crossValidation].map(({ name }) => name)],
      outputs: [
        "facts.json",
        "shown",
        "metrics.json",
        "familiar.safetensors",
        "predictions.json",
        "batch.png",
        ...branches.map((name) => `predictions_${name}.png`),
      ],
      handedOn: ["metrics.json", "familiar.safetensors"],
    }),
    defineStep({
      ...step("predict"),
      ...compute,
      ...computingAndDrawing,
      parameters: schema.compute,
      inputs: [...scored, "evaluate"],
      outputs: ["predictions.json", ...branches.map((name) => `predicted_${name}.png`)],
    }),
  ], "graft");
  // A branch that is not scored, and that nothing starts from, is not trained.
  return { ...whole, steps: selectSteps(whole, ["predict"]) };
}
