/** A network as nodes and their initializers, at the precision that is asked for. */
import { FLOAT, FLOAT16 } from "../weights/onnx_fields.ts";
import type { Tensor } from "../weights/tensor.ts";
import {
  architectureOf,
  classesOf,
  type ExportedModel,
  torchParameters,
} from "./exported_model.ts";
import { halvesOf } from "./halves.ts";
import { foldBatchNorms } from "./fold_batch_norms.ts";
import { type OnnxData, OnnxGraph, onnxTensor } from "./onnx_graph.ts";
import { type BatchNormFold, OnnxLayers, type OnnxValue } from "./onnx_layers.ts";
import type { OnnxTensor } from "./onnx_schema.ts";

export interface OnnxNetwork {
  graph: OnnxGraph;
  initializers: OnnxTensor[];
  /** Names of [batch, features] and of [batch, classes], both float32. */
  features: string;
  logits: string;
  /** The batch norms that are part of convolutions. */
  folds: BatchNormFold[];
}

/** As PyTorch has it: every parameter is an initializer under its own name. */
export function network(model: ExportedModel, images: string): OnnxNetwork {
  const { graph, features, logits } = nodesOf(model, images);
  return {
    graph,
    initializers: initializersOf(torchParameters(model)),
    features,
    logits,
    folds: [],
  };
}

/** Batch norms are folded; parameters are apart, for whoever changes them. */
export function foldedNetwork(
  model: ExportedModel,
  images: string,
): Omit<OnnxNetwork, "initializers"> & { parameters: Map<string, Tensor> } {
  const folds: BatchNormFold[] = [];
  const nodes = nodesOf(model, images, folds);
  return { ...nodes, parameters: foldBatchNorms(torchParameters(model), folds), folds };
}

/**
 * Parameters and computation are of halves; what goes in and out is float32.
 * @throws {RangeError} where a parameter is beyond what a half can be
 */
export function float16Network(model: ExportedModel, images: string): OnnxNetwork {
  const { parameters, graph, features, logits, folds } = foldedNetwork(model, "images.half");
  const halves = new OnnxGraph();
  halves.add("Cast", "images.half", [images], { to: FLOAT16 }, "images.half");
  halves.constants.push(...graph.constants.map((node) => ({
    ...node,
    attribute: node.attribute.map((attribute) =>
      attribute.type === 4 ? { ...attribute, t: halved(attribute.t) } : attribute
    ),
  })));
  halves.nodes.push(...graph.nodes);
  const float = (name: string, value: string) =>
    halves.add("Cast", `${name}.float`, [value], { to: FLOAT });
  return {
    graph: halves,
    initializers: initializersOf(parameters).map(halved),
    features: float("features", features),
    logits: float("logits", logits),
    folds,
  };
}

function nodesOf(model: ExportedModel, images: string, folds?: BatchNormFold[]) {
  const architecture = architectureOf(model);
  const graph = new OnnxGraph();
  const layers = new OnnxLayers(graph, folds);
  const { size: side } = model.description.preprocessing;
  const input = { name: images, channels: 3, layout: "channels first", side } as const;
  const features = architecture.features<OnnxValue>(layers, input);
  const logits = architecture.classifier<OnnxValue>(
    layers,
    features,
    classesOf(model.description),
  );
  return { graph, features: features.name, logits: logits.name };
}

/** Parameters as initializers; those that only index others are of integers. */
export function initializersOf(parameters: ReadonlyMap<string, Tensor>): OnnxTensor[] {
  return Array.from(
    parameters,
    ([name, { shape, data }]) => onnxTensor(name, shape, data as OnnxData),
  );
}

function halved(tensor: OnnxTensor): OnnxTensor {
  if (tensor.dataType !== FLOAT) return tensor;
  const { buffer, byteOffset, byteLength } = tensor.rawData!;
  const floats = new Float32Array(buffer, byteOffset, byteLength / 4);
  return onnxTensor(tensor.name, tensor.dims, halvesOf(tensor.name, floats));
}
