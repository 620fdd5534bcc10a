/** The way from a network's output to an answer, as nodes: what `inference/postprocessing.ts` does. */
import { classNames } from "../models/manifest.ts";
import { BOOL, FLOAT, STRING } from "../weights/onnx_fields.ts";
import type { ExportedModel } from "./exported_model.ts";
import { type OnnxGraph, valueInfo } from "./onnx_graph.ts";

/** Lengths that a feature is divided by: a feature of zeros is like nothing. */
const SHORTEST = 1e-30;

/**
 * `probabilities` [batch, classes] at the model's temperature, and the `labels` [batch] of the likeliest;
 * where that can be told, also whether a photo is of `none_of_these` [batch].
 *
 * @param logits float32 [batch, classes]
 * @param features float32 [batch, features], from which they come
 * @returns the outputs
 */
export function answers(
  graph: OnnxGraph,
  { description, outOfDistribution }: Pick<ExportedModel, "description" | "outOfDistribution">,
  { logits, features }: { logits: string; features: string },
): ReturnType<typeof valueInfo>[] {
  const names = classNames(description);
  const temperature = graph.constant("temperature", [], Float32Array.of(description.temperature));
  const cooled = graph.add("Div", "answers.cooled", [logits, temperature]);
  const shares = graph.add("Softmax", "answers.shares", [cooled], { axis: -1 });
  graph.output("probabilities", shares);
  const best = graph.add("ArgMax", "answers.best", [shares], { axis: 1, keepdims: 0 });
  const all = graph.constant("classes", [names.length], names);
  graph.output("labels", graph.add("Gather", "answers.labels", [all, best], { axis: 0 }));
  const outputs = [
    valueInfo("probabilities", ["batch", names.length], FLOAT),
    valueInfo("labels", ["batch"], STRING),
  ];
  if (!outOfDistribution) return outputs;
  const { references: { data, size }, threshold } = outOfDistribution;
  const known = graph.constant("familiar", [data.length / size, size], data);
  const rows = graph.add("ReduceL2", "answers.lengths", [features], { axes: [1], keepdims: 1 });
  const shortest = graph.constant("answers.shortest", [], Float32Array.of(SHORTEST));
  const lengths = graph.add("Max", "answers.divisors", [rows, shortest]);
  const units = graph.add("Div", "answers.units", [features, lengths]);
  const cosines = graph.add("Gemm", "answers.cosines", [units, known], { transB: 1 });
  const nearest = graph.add("ReduceMax", "answers.nearest", [cosines], { axes: [1], keepdims: 0 });
  // The distance is 1 - cosine.
  const least = graph.constant("answers.least", [], Float32Array.of(1 - threshold));
  graph.output("none_of_these", graph.add("Less", "answers.unlike", [nearest, least]));
  return [...outputs, valueInfo("none_of_these", ["batch"], BOOL)];
}
