/** Convolutions as nodes of a TensorFlow.js graph model. */
import type { Activation } from "../models/layers.ts";
import { type GraphNode, type GraphTensor, integers, type TfjsGraph, word } from "./tfjs_graph.ts";

export interface ConvolutionGeometry {
  stride: number;
  padding: number | "same";
  depthwise: boolean;
  groups: number;
}

interface Learned {
  /** Of the filter, [height, width, channels of a group, filters]. */
  shape: number[];
  filter: Float32Array | Float64Array;
  bias: Float32Array | Float64Array;
}

/** What a convolution does itself, by TensorFlow's names. */
const FUSED: Partial<Record<Activation, string[]>> = {
  linear: [],
  relu: ["Relu"],
  relu6: ["Relu6"],
};

export const isFused = (activation: Activation): boolean => activation in FUSED;

/** A bias and an activation, fused. */
export function fusedWith(activation: Activation) {
  return {
    fused_ops: { list: { s: ["BiasAdd", ...FUSED[activation] ?? []].map(btoa) } },
    num_args: { i: "1" },
  };
}

/** With its bias, and an activation that `isFused`. */
export function convolve(
  graph: TfjsGraph,
  name: string,
  x: string,
  outShape: number[],
  { stride, padding, depthwise, groups, activation = "linear" }: ConvolutionGeometry & {
    activation?: Activation;
  },
  learned: Learned,
): GraphTensor {
  const { shape, filter, bias } = learned;
  const window = {
    strides: integers([1, stride, stride, 1]),
    dilations: integers([1, 1, 1, 1]),
    data_format: word("NHWC"),
    ...paddingOf(padding),
  };
  if (groups > 1) {
    const products = convolveGroups(graph, name, x, outShape, groups, window, learned);
    const terms = [products.name, graph.weight(`${name}/bias`, [bias.length], bias)];
    return graph.activate(name, graph.add("AddV2", `${name}/add`, terms, outShape), activation);
  }
  const inputs = [
    x,
    graph.weight(`${name}/filter`, shape, filter),
    graph.weight(`${name}/bias`, [bias.length], bias),
  ];
  const op = depthwise ? "FusedDepthwiseConv2dNative" : "_FusedConv2D";
  return graph.add(op, name, inputs, outShape, { ...window, ...fusedWith(activation) });
}

/**
 * TensorFlow.js convolves all channels or each one: here each one by all filters of its group, and
 * what belongs to the same filter is added up.
 */
function convolveGroups(
  graph: TfjsGraph,
  name: string,
  x: string,
  outShape: number[],
  groups: number,
  window: GraphNode["attr"],
  { shape: [height, width, own, filters], filter }: Learned,
): GraphTensor {
  const outOwn = filters / groups, channels = own * groups;
  const [batch, rows, columns] = outShape;
  const values = Float64Array.from({ length: filter.length }, (_, i) => {
    const output = i % outOwn, channel = Math.floor(i / outOwn) % channels;
    const tap = Math.floor(i / outOwn / channels), group = Math.floor(channel / own);
    return filter[(tap * own + channel % own) * filters + group * outOwn + output];
  });
  const weights = graph.weight(`${name}/filter`, [height, width, channels, outOwn], values);
  const each = graph.add(
    "DepthwiseConv2dNative",
    `${name}/each`,
    [x, weights],
    [batch, rows, columns, channels * outOwn],
    window,
  );
  const parted = graph.reshape(`${name}/parted`, each, [-1, groups, own, outOwn]);
  const axis = graph.weight(`${name}/axis`, [1], Int32Array.of(2));
  const sums = graph.add("Sum", `${name}/sums`, [parted.name, axis], [-1, groups, outOwn], {
    keep_dims: { b: false },
  });
  return graph.reshape(`${name}/joined`, sums, outShape);
}

function paddingOf(padding: number | "same") {
  if (padding === "same" || padding === 0) {
    return { padding: word(padding === 0 ? "VALID" : "SAME") };
  }
  const sides = integers([0, 0, padding, padding, padding, padding, 0, 0]);
  return { padding: word("EXPLICIT"), explicit_paddings: sides };
}
