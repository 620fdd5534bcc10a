/**
 * The DAG, on one screen:
 *
 *     download_data ──► build_datasets ──┬─► train_finetune ──┬─► evaluate ──► predict
 *     convert_weights ───────────────────┴─► train_frozen  ───┘
 */
import { defineStep } from "../pipeline/declaration.ts";
import { definePipeline, type Pipeline } from "../pipeline/graph.ts";
import * as schema from "./parameters.ts";
import {
  computing,
  computingAndDrawing,
  downloading,
  drawing,
  fetchingWeights,
} from "./permissions.ts";

const step = (name: string) => ({ name, module: new URL(`./${name}.ts`, import.meta.url) });

/** @param v8Flags `deno run` arguments for steps that compute on wasm and parse no untrusted bytes */
export function graftPipeline(v8Flags: readonly string[]): Pipeline {
  const compute = {
    notInKey: schema.COMPUTE_NOT_IN_KEY,
    device: ({ backend, device }: schema.ComputeParameters) =>
      backend === "webgpu" ? `webgpu on ${device}` : "wasm",
    // A step that computes takes the whole machine: two at a time would only slow each other down.
    resources: { cpu: navigator.hardwareConcurrency, gpu: 1 },
    ...computing,
  };
  const fast = {
    ...compute,
    denoArguments: ({ backend }: schema.ComputeParameters) => backend === "wasm" ? v8Flags : [],
  };
  const train = {
    ...fast,
    parameters: schema.train,
    inputs: ["convert_weights", "build_datasets"],
    outputs: [
      "best.safetensors",
      "model.json",
      "history.json",
      "trace.ndjson",
      "curves.json",
    ],
    notInDigest: ["history.json"], // it tells how long each epoch took
    handedOn: ["best.safetensors", "model.json"],
    checkpointsAcross: ["recipe.epochs"],
  };
  return definePipeline([
    defineStep({
      ...step("download_data"),
      parameters: schema.downloadData,
      notInKey: schema.DOWNLOADS_NOT_IN_KEY,
      inputs: [],
      outputs: ["photos", "source.json"],
      ...downloading,
    }),
    defineStep({
      ...step("convert_weights"),
      parameters: schema.convertWeights,
      notInKey: schema.DOWNLOADS_NOT_IN_KEY,
      inputs: [],
      outputs: ["weights.safetensors", "model.json"],
      ...fetchingWeights,
    }),
    defineStep({
      ...step("build_datasets"),
      parameters: schema.buildDatasets,
      inputs: ["download_data"],
      outputs: [
        "dataset.json",
        "quarantine.json",
        "findings.json",
        "train.pack",
        "val.pack",
        "batch.png",
      ],
      ...drawing,
      resources: { cpu: navigator.hardwareConcurrency },
    }),
    defineStep({ ...step("train_finetune"), ...train }),
    defineStep({ ...step("train_frozen"), ...train }),
    defineStep({
      ...step("evaluate"),
      ...fast,
      ...computingAndDrawing,
      parameters: schema.compute,
      inputs: ["download_data", "build_datasets", "train_finetune", "train_frozen"],
      outputs: [
        "facts.json",
        "shown",
        "metrics.json",
        "familiar.safetensors",
        "predictions.json",
        "predictions_finetune.png",
        "predictions_frozen.png",
      ],
      handedOn: ["metrics.json", "familiar.safetensors"],
    }),
    defineStep({
      ...step("predict"),
      ...compute,
      ...computingAndDrawing,
      parameters: schema.compute,
      inputs: ["download_data", "build_datasets", "train_finetune", "train_frozen", "evaluate"],
      outputs: ["predictions.json", "predicted_finetune.png", "predicted_frozen.png"],
    }),
  ], "graft");
}
