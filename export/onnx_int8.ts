/**
 * A network of 8-bit integers in ONNX's QDQ form: pairs of QuantizeLinear and DequantizeLinear stand
 * around what is computed in integers, as onnxruntime's own tool places them, which a runtime with
 * kernels of integers fuses and any other computes as it stands.
 *
 * Weights: int8, symmetric, a scale for each output channel. Activations: uint8, with fixed scales of
 * what photos give. Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", https://arxiv.org/abs/1712.05877.
 */
import type { Tensor } from "../weights/tensor.ts";
import type { ExportedModel } from "./exported_model.ts";
import { OnnxGraph, type OnnxNode, onnxTensor } from "./onnx_graph.ts";
import { foldedNetwork, initializersOf, type OnnxNetwork } from "./onnx_network.ts";
import type { OnnxTensor } from "./onnx_schema.ts";

/** Between which an activation lies, by its name in the graph; `images` are the network's input. */
export type ActivationRanges = ReadonlyMap<string, { low: number; high: number }>;

/**
 * The largest weight. CPUs without VNNI add products of two bytes in 16 bits, which cannot hold two of
 * 127 times 255: with 7 bits a file answers everywhere as where it was measured.
 */
const LARGEST_WEIGHT = 127;
const LEVELS = 255;
/** A bias is an integer of 32 bits, with room for what is added to it. */
const LARGEST_BIAS = 2 ** 30;
/** A layer of which all weights are 0. */
const LEAST_SCALE = 1e-12;

/** Layers whose weights become integers: the weights are their second input. */
const WEIGHTED = ["Conv", "Gemm", "MatMul"];
/** What a runtime computes as part of the convolution before it. */
const FUSED = ["Relu", "Clip"];
/** What moves values and changes none. */
const MOVES = ["MaxPool", "Transpose", "Reshape", "Flatten"];

export function int8Network(
  model: ExportedModel,
  images: string,
  ranges: ActivationRanges,
): OnnxNetwork {
  const { graph, parameters, ...rest } = foldedNetwork(model, images);
  const named = new Map([...ranges, [images, ranges.get("images")!]]);
  const rewriting = new Rewriting(graph, parameters, named);
  return { ...rest, graph: rewriting.graph, initializers: rewriting.initializers };
}

/**
 * The activations that become integers, in the order of the graph.
 *
 * Those that convolutions read and give, and those that the linear layers of transformers read. After
 * the last pooling, and in squeeze-and-excitation, there is little to compute and much to lose: there
 * the weights alone are integers.
 */
export function quantizedActivations(
  nodes: readonly OnnxNode[],
  parameters: ReadonlyMap<string, unknown>,
): string[] {
  const pooled = new Set<string>();
  const found = new Set<string>();
  // What layer norms leave is added up over all layers, and has outliers: it stays as it is.
  const ofTokens = nodes.some(({ opType }) => opType === "LayerNormalization");
  const producers = new Map(nodes.map((node) => [node.output[0], node]));
  const isWeight = (name: string) => weightOf(name, producers, parameters) !== undefined;
  for (const node of nodes) {
    const { opType, input: [x, w], output: [y] } = node;
    const isPooled = opType === "GlobalAveragePool" || pooled.has(x);
    if (isPooled) pooled.add(y);
    if (isPooled || !WEIGHTED.includes(opType) || !isWeight(w)) continue;
    found.add(x);
    if (opType !== "Conv" || ofTokens) continue;
    const readers = nodes.filter(({ input }) => input.includes(y));
    const [only] = readers;
    found.add(readers.length === 1 && FUSED.includes(only.opType) ? only.output[0] : y);
  }
  return [...found];
}

/** The parameter that is a layer's weight, or that is turned to be one. */
function weightOf(
  name: string,
  producers: ReadonlyMap<string, OnnxNode>,
  parameters: ReadonlyMap<string, unknown>,
): string | undefined {
  if (parameters.has(name)) return name;
  const turned = producers.get(name);
  return turned?.opType === "Transpose" && parameters.has(turned.input[0])
    ? turned.input[0]
    : undefined;
}

/** How an activation becomes a byte. */
interface Scale {
  scale: number;
  zero: number;
}

class Rewriting {
  readonly graph = new OnnxGraph();
  readonly initializers: OnnxTensor[] = [];
  readonly #scales: Map<string, Scale>;
  readonly #left: Map<string, Tensor>;
  readonly #producers: Map<string, OnnxNode>;

  constructor(
    { nodes, constants }: OnnxGraph,
    parameters: ReadonlyMap<string, Tensor>,
    ranges: ActivationRanges,
  ) {
    this.#left = new Map(parameters);
    this.#producers = new Map(nodes.map((node) => [node.output[0], node]));
    this.#scales = this.#scalesOf(quantizedActivations(nodes, parameters), ranges);
    this.graph.constants.push(...constants);
    // Of an activation that is none of the nodes' outputs: the images.
    const given = [...this.#scales.keys()].filter((name) => !this.#producers.has(name));
    for (const name of given) this.#quantize(name);
    for (const node of nodes) {
      if (node.opType === "Transpose" && parameters.has(node.input[0])) continue; // with its reader
      this.graph.nodes.push(this.#rewritten(node));
      if (this.#scales.has(node.output[0])) this.#quantize(node.output[0]);
    }
    this.initializers.push(...initializersOf(this.#left));
  }

  /** What is only moved keeps its scale. */
  #scalesOf(names: readonly string[], ranges: ActivationRanges): Map<string, Scale> {
    const scales = new Map<string, Scale>();
    for (const name of names) {
      const node = this.#producers.get(name);
      const kept = node && MOVES.includes(node.opType) ? scales.get(node.input[0]) : undefined;
      const range = ranges.get(name);
      if (!kept && !range) throw new Error(`no photo told between which values ${name} lies`);
      scales.set(name, kept ?? scaleOf(range!));
    }
    return scales;
  }

  /** Reads integers, and its weights and bias from integers. */
  #rewritten(node: OnnxNode): OnnxNode {
    const { opType, name, input } = node;
    const read = input.map((value) => this.#scales.has(value) ? `${value}.float` : value);
    const weight = WEIGHTED.includes(opType)
      ? weightOf(input[1], this.#producers, this.#left)
      : undefined;
    if (weight === undefined) return { ...node, input: read };
    const scale = this.#scales.get(input[0])?.scale;
    // Of convolutions alone, and where what they read is of integers.
    const bias = opType === "Conv" && scale !== undefined ? input[2] : undefined;
    const biasValues = bias === undefined ? undefined : this.#left.get(bias)!;
    const tensor = this.#left.get(weight)!;
    const scales = weightScales(tensor, biasValues, scale);
    const floats = this.#integers(weight, tensor, scales, "int8");
    // A weight that is turned first is turned as a float.
    if (weight === input[1]) read[1] = floats;
    else {
      const turned = `${name}.weight.turned`;
      read[1] = this.graph.add("Transpose", turned, [floats], { perm: [1, 0] });
    }
    if (biasValues) {
      const products = scales.map((value) => value * scale!);
      read[2] = this.#integers(bias!, biasValues, products, "int32");
    }
    return { ...node, input: read };
  }

  /** The parameter in integers, and the name of what they stand for. */
  #integers(
    name: string,
    { shape, data }: Tensor,
    scales: Float32Array,
    type: "int8" | "int32",
  ): string {
    this.#left.delete(name);
    const size = data.length / scales.length;
    const values = (data as Float32Array)
      .map((value, i) => Math.round(value / scales[Math.floor(i / size)]));
    const integers = type === "int8" ? Int8Array.from(values) : Int32Array.from(values);
    this.initializers.push(
      onnxTensor(name, shape, integers),
      onnxTensor(`${name}.scale`, [scales.length], scales),
    );
    const zeros = type === "int8" ? new Int8Array(scales.length) : new Int32Array(scales.length);
    const zero = this.graph.constant(`${name}.zero`, [scales.length], zeros);
    const inputs = [name, `${name}.scale`, zero];
    return this.graph.add("DequantizeLinear", `${name}.float`, inputs, { axis: 0 });
  }

  #quantize(name: string): void {
    const { scale, zero } = this.#scales.get(name)!;
    const parameters = [
      this.graph.constant(`${name}.scale`, [], Float32Array.of(scale)),
      this.graph.constant(`${name}.zero`, [], Uint8Array.of(zero)),
    ];
    const bytes = this.graph.add("QuantizeLinear", `${name}.bytes`, [name, ...parameters]);
    const inputs = [bytes, ...parameters];
    this.graph.add("DequantizeLinear", `${name}.back`, inputs, {}, `${name}.float`);
  }
}

/** 0 is a byte exactly, as padding and ReLU want it. */
function scaleOf({ low, high }: { low: number; high: number }): Scale {
  const [least, most] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround(Math.max((most - least) / LEVELS, LEAST_SCALE));
  return { scale, zero: Math.min(LEVELS, Math.round(-least / scale)) };
}

/** For each output channel; a bias that is large beside its weights makes them coarser. */
function weightScales(
  { data, shape: [channels] }: Tensor,
  bias: Tensor | undefined,
  activation: number | undefined,
): Float32Array {
  const size = data.length / channels;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let largest = 0;
    for (let i = channel * size; i < (channel + 1) * size; i++) {
      largest = Math.max(largest, Math.abs(data[i] as number));
    }
    const forBias = bias && activation
      ? Math.abs(bias.data[channel] as number) / activation / LARGEST_BIAS
      : 0;
    return Math.max(largest / LARGEST_WEIGHT, forBias, LEAST_SCALE);
  });
}
