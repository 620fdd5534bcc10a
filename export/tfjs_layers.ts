/** An architecture read as the nodes of a TensorFlow.js graph model. */
import { BATCH_NORM_EPSILON } from "../backend/ops/batch_norm.ts";
import type {
  Activation,
  BatchNorm,
  Convolution,
  DepthwiseConvolution,
  Layers,
  Linear,
  Positions,
  SqueezeExcitation,
  Windows,
} from "../models/layers.ts";
import { positionWeights } from "../models/resample_positions.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { attend, attendInWindows } from "./tfjs_attention.ts";
import { type ConvolutionGeometry, convolve, fusedWith, isFused } from "./tfjs_convolution.ts";
import { type GraphNode, type GraphTensor, integers, TfjsGraph, word } from "./tfjs_graph.ts";

/** A value of the graph, or a convolution that waits for a batch norm to be folded into it. */
export type GraphValue = GraphTensor | GraphTensor & { convolution: WaitingConvolution };

interface WaitingConvolution extends ConvolutionGeometry {
  x: string;
  bias: boolean;
}

const POINTWISE: ConvolutionGeometry = { stride: 1, padding: 0, depthwise: false, groups: 1 };

/** The least float32: what padding must be for a maximum. */
const LEAST = -3.4028234663852886e38;

/**
 * Nodes over [batch, height, width, channels]. Batch norms are folded into the convolutions before
 * them, as TensorFlow's own converter does: half the nodes, at the cost of other rounding.
 */
export class TfjsLayers implements Layers<GraphValue> {
  readonly graph = new TfjsGraph();
  /** Of convolutions that something reads as they are, of which there may be several. */
  readonly #computed = new Map<GraphValue, GraphTensor>();

  constructor(private readonly parameters: ReadonlyMap<string, NamedTensor>) {}

  conv2d(name: string, x: GraphValue, convolution: Convolution): GraphValue {
    return this.#wait(name, x, convolution, false);
  }

  depthwiseConv2d(
    name: string,
    x: GraphValue,
    convolution: DepthwiseConvolution,
  ): GraphValue {
    return this.#wait(name, x, { ...convolution, filters: x.shape[3] }, true);
  }

  batchNorm(
    name: string,
    x: GraphValue,
    { activation = "linear", residual, epsilon = BATCH_NORM_EPSILON }: BatchNorm<GraphValue> = {},
  ): GraphValue {
    const [scale, offset] = this.#scaleAndOffset(name, epsilon);
    const alone = residual === undefined;
    if ("convolution" in x) {
      const fused = alone && isFused(activation);
      let y = this.#convolve(x, scale, offset, fused ? activation : "linear");
      if (fused) return y;
      if (!alone) {
        y = this.graph.add("AddV2", `${name}/add`, [y.name, this.#plain(residual).name], x.shape);
      }
      return this.graph.activate(name, y, activation);
    }
    const weights = [
      this.graph.weight(`${name}/scale`, [scale.length], scale),
      this.graph.weight(`${name}/offset`, [offset.length], offset),
    ];
    const { shape } = x;
    let y = this.graph.add("Mul", `${name}/mul`, [x.name, weights[0]], shape);
    y = this.graph.add("AddV2", name, [y.name, weights[1]], shape);
    if (!alone) {
      y = this.graph.add("AddV2", `${name}/add`, [y.name, this.#plain(residual).name], shape);
    }
    return this.graph.activate(name, y, activation);
  }

  maxPool(
    x: GraphValue,
    { size, stride, padding }: { size: number; stride: number; padding: number },
  ): GraphValue {
    const name = `${x.name}/pool`;
    const padded = this.#pad(name, this.#plain(x).name, padding);
    const [batch, height, width, channels] = x.shape;
    const [rows, columns] = [height, width]
      .map((side) => Math.floor((side + 2 * padding - size) / stride) + 1);
    return this.graph.add("MaxPool", name, [padded], [batch, rows, columns, channels], {
      ksize: integers([1, size, size, 1]),
      strides: integers([1, stride, stride, 1]),
      padding: word("VALID"),
      data_format: word("NHWC"),
    });
  }

  activate(x: GraphValue, activation: Activation): GraphValue {
    return this.graph.activate(x.name, this.#plain(x), activation);
  }

  squeezeExcitation(
    x: GraphValue,
    { reduce, expand, activation, gate }: SqueezeExcitation,
  ): GraphValue {
    const { name } = this.#plain(x);
    const one = [x.shape[0], 1, 1, x.shape[3]];
    const axes = this.graph.weight(`${reduce}/axes`, [2], Int32Array.of(1, 2));
    const mean = this.graph.add("Mean", `${reduce}/mean`, [name, axes], one, {
      keep_dims: { b: true },
    });
    const squeezed = this.graph.activate(reduce, this.#pointwise(reduce, mean), activation);
    const scale = this.graph.activate(expand, this.#pointwise(expand, squeezed), gate);
    return this.graph.add("Mul", `${expand}/scaled`, [name, scale.name], x.shape);
  }

  shortcut(branch: GraphValue, x: GraphValue): GraphValue {
    return this.graph.add(
      "AddV2",
      `${branch.name}/add`,
      [this.#plain(branch).name, this.#plain(x).name],
      x.shape,
    );
  }

  globalAveragePool(x: GraphValue): GraphValue {
    const axes = this.graph.weight(`${x.name}/axes`, [2], Int32Array.of(1, 2));
    const shape = [x.shape[0], x.shape[3]];
    return this.graph.add("Mean", `${x.name}/pooled`, [this.#plain(x).name, axes], shape, {
      keep_dims: { b: false },
    });
  }

  asPixel(x: GraphValue): GraphValue {
    const [batch, channels] = x.shape;
    return this.graph.reshape(`${x.name}/pixel`, this.#plain(x), [batch, 1, 1, channels]);
  }

  ofPixel(x: GraphValue): GraphValue {
    return this.graph.reshape(`${x.name}/features`, this.#plain(x), [x.shape[0], x.shape[3]]);
  }

  dropout = (x: GraphValue) => x;
  places = (x: GraphValue) => x;
  scope = (part: () => GraphValue) => part();
  unused(): void {}

  linear(
    name: string,
    x: GraphValue,
    outFeatures: number,
    { joint = ".", bias = true }: Linear = {},
  ): GraphValue {
    const nothing = { shape: [outFeatures], data: new Float32Array(outFeatures) };
    const inputs = ["weight", "bias"].map((part) => {
      const isLearned = bias || part === "weight";
      const { shape, data } = isLearned ? this.#get(`${name}${joint}${part}`) : nothing;
      return this.graph.weight(`${name}/${part}`, shape, data);
    });
    const isRows = x.shape.length === 2, channels = x.shape.at(-1)!;
    const outShape = [...x.shape.slice(0, -1), outFeatures];
    const plain = this.#plain(x);
    const rows = isRows ? plain : this.graph.reshape(`${name}/rows`, plain, [-1, channels]);
    const all = [rows.name, ...inputs];
    const product = this.graph.add("_FusedMatMul", name, all, [-1, outFeatures], {
      transpose_a: { b: false },
      transpose_b: { b: false },
      ...fusedWith("linear"),
    });
    return isRows ? product : this.graph.reshape(`${name}/shaped`, product, outShape);
  }

  layerNorm(name: string, x: GraphValue, epsilon: number): GraphValue {
    const { shape } = x, values = this.#plain(x).name, keepDims = { keep_dims: { b: true } };
    const axis = this.graph.weight(`${name}/axis`, [1], Int32Array.of(-1));
    const small = this.graph.weight(`${name}/epsilon`, [], Float32Array.of(epsilon));
    const of = (op: string, part: string, inputs: string[], attr: GraphNode["attr"] = {}) =>
      this.graph.add(op, `${name}/${part}`, inputs, shape, attr).name;
    const mean = of("Mean", "mean", [values, axis], keepDims);
    const centred = of("Sub", "centred", [values, mean]);
    const squares = of("Mul", "squares", [centred, centred]);
    const variance = of("Mean", "variance", [squares, axis], keepDims);
    const scale = of("Rsqrt", "scale", [of("AddV2", "positive", [variance, small])]);
    const normal = of("Mul", "normal", [centred, scale]);
    const [weight, bias] = ["weight", "bias"].map((part) => this.#parameter(`${name}.${part}`));
    return this.graph.add("AddV2", name, [of("Mul", "weighted", [normal, weight]), bias], shape);
  }

  gelu(x: GraphValue): GraphValue {
    const { shape } = x, values = this.#plain(x).name, name = `${x.name}/gelu`;
    const scalar = (part: string, value: number) =>
      this.graph.weight(`${name}/${part}`, [], Float32Array.of(value));
    const of = (op: string, part: string, inputs: string[]) =>
      this.graph.add(op, `${name}/${part}`, inputs, shape).name;
    const erf = of("Erf", "erf", [of("Mul", "scaled", [values, scalar("scale", Math.SQRT1_2)])]);
    const half = of("Mul", "halved", [values, scalar("half", 0.5)]);
    return this.graph.add(
      "Mul",
      name,
      [half, of("AddV2", "twice", [erf, scalar("one", 1)])],
      shape,
    );
  }

  scale(name: string, x: GraphValue): GraphValue {
    const { data } = this.#get(name);
    const factors = this.graph.weight(name, [data.length], data);
    return this.graph.add("Mul", `${name}/scaled`, [this.#plain(x).name, factors], x.shape);
  }

  tokens(x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape;
    return this.graph.reshape(`${x.name}/tokens`, this.#plain(x), [
      batch,
      height * width,
      channels,
    ]);
  }

  insertTokens(name: string, x: GraphValue, count: number, at: number): GraphValue {
    const [batch, tokens, channels] = x.shape;
    // As many of them as there are photos: what is added to is nothing, once for each.
    const axis = this.graph.weight(`${name}/axis`, [1], Int32Array.of(1));
    const zero = this.graph.weight(`${name}/zero`, [], Float32Array.of(0));
    const one = [batch, 1, channels], keepDims = { keep_dims: { b: true } };
    const mean = this.graph.add("Mean", `${name}/mean`, [this.#plain(x).name, axis], one, keepDims);
    const nothing = this.graph.add("Mul", `${name}/nothing`, [mean.name, zero], one);
    const learned = this.#parameter(name);
    const inserted = [batch, count, channels];
    const all = this.graph.add("AddV2", `${name}/all`, [nothing.name, learned], inserted);
    const rest = this.#plain(x);
    const parts = at === 0 ? [all, rest] : [
      this.graph.slice(`${name}/before`, rest, 1, 0, at),
      all,
      this.graph.slice(`${name}/after`, rest, 1, at),
    ];
    return this.graph.concat(`${name}/concat`, parts, 1, [batch, tokens + count, channels]);
  }

  addPositions(
    name: string,
    x: GraphValue,
    { side, ahead, resampling }: Positions,
  ): GraphValue {
    const learned = this.#get(name), [, tokens, channels] = x.shape;
    const now = Math.round(Math.sqrt(tokens - ahead));
    if (now !== side && !resampling) {
      throw new Error(`${name} has positions of ${side}×${side} tokens alone`);
    }
    const data = now === side
      ? learned.data
      : moved(learned.data, channels, ahead, positionWeights(side, now, resampling!));
    const positions = this.graph.weight(name, [1, tokens, channels], data);
    return this.graph.add("AddV2", `${name}/add`, [this.#plain(x).name, positions], x.shape);
  }

  attention(qkv: GraphValue, heads: number): GraphValue {
    return attend(this.graph, this.#plain(qkv), heads);
  }

  windowAttention(name: string, qkv: GraphValue, windows: Windows): GraphValue {
    const { data } = this.#get(`${name}.relative_position_bias_table`);
    return attendInWindows(this.graph, name, this.#plain(qkv), windows, data);
  }

  padTo(side: number, x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape, name = `${x.name}/padded`;
    const [rows, columns] = [height, width].map((size) => Math.ceil(size / side) * side);
    if (rows === height && columns === width) return x;
    const ends = Int32Array.of(0, 0, 0, rows - height, 0, columns - width, 0, 0);
    const inputs = [this.#plain(x).name, this.graph.weight(`${name}/paddings`, [4, 2], ends)];
    return this.graph.add("Pad", name, inputs, [batch, rows, columns, channels], {
      Tpaddings: { type: "DT_INT32" },
    });
  }

  cropTo(like: GraphValue, x: GraphValue): GraphValue {
    const [, height, width] = like.shape;
    if (x.shape[1] === height && x.shape[2] === width) return x;
    const rows = this.graph.slice(`${x.name}/upper`, this.#plain(x), 1, 0, height);
    return this.graph.slice(`${x.name}/left`, rows, 2, 0, width);
  }

  mergePixels(x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape;
    const pairs = this.graph.reshape(`${x.name}/pairs`, this.#plain(x), [-1, 2, width, channels]);
    const turned = this.graph.turn(`${x.name}/columns`, pairs, [-1, width, 2, channels]);
    const merged = [batch, height / 2, width / 2, 4 * channels];
    return this.graph.reshape(`${x.name}/merged`, turned, merged);
  }

  firstToken(x: GraphValue): GraphValue {
    const [batch, , channels] = x.shape;
    const token = this.graph.slice(`${x.name}/token`, this.#plain(x), 1, 0, 1);
    return this.graph.reshape(`${x.name}/first`, token, [batch, channels]);
  }

  #wait(
    name: string,
    x: GraphValue,
    { kernel, stride = 1, padding = 0, filters, groups = 1, bias = false }: Convolution,
    depthwise: boolean,
  ): GraphValue {
    const [batch, height, width] = x.shape;
    const [rows, columns] = [height, width].map((side) =>
      padding === "same"
        ? Math.ceil(side / stride)
        : Math.floor((side + 2 * padding - kernel) / stride) + 1
    );
    const convolution = { x: this.#plain(x).name, stride, padding, depthwise, groups, bias };
    return { name, shape: [batch, rows, columns, filters], convolution };
  }

  #parameter(name: string): string {
    const { shape, data } = this.#get(name);
    return this.graph.weight(name, shape, data);
  }

  /** A value as it is, which nothing is folded into any more. */
  #plain(x: GraphValue): GraphTensor {
    if (!("convolution" in x)) return x;
    const computed = this.#computed.get(x) ?? this.#convolve(x);
    this.#computed.set(x, computed);
    return computed;
  }

  #convolve(
    { name, shape: outShape, convolution }: Extract<GraphValue, { convolution: unknown }>,
    scale?: Float64Array,
    offset?: Float64Array,
    activation: Activation = "linear",
  ): GraphValue {
    const { x, depthwise, bias } = convolution;
    const { shape, data } = this.#get(`${name}.weight`);
    const channels = depthwise ? shape[2] : shape[3];
    const filter = scale ? data.map((value, i) => value * scale[i % channels]) : data;
    const own = bias ? Float64Array.from(this.#get(`${name}.bias`).data) : undefined;
    const scaled = own && scale ? own.map((value, i) => value * scale[i] + offset![i]) : undefined;
    const added = scaled ?? offset ?? own ?? new Float64Array(channels);
    const learned = { shape, filter, bias: added };
    const { graph } = this;
    return convolve(graph, name, x, outShape, { ...convolution, activation }, learned);
  }

  /** A 1×1 convolution with bias. */
  #pointwise(name: string, x: GraphTensor): GraphTensor {
    const { shape, data: filter } = this.#get(`${name}.weight`);
    const { data: bias } = this.#get(`${name}.bias`);
    const outShape = [...x.shape.slice(0, 3), bias.length];
    return convolve(this.graph, name, x.name, outShape, POINTWISE, { shape, filter, bias });
  }

  #pad(name: string, x: string, padding: number): string {
    if (padding === 0) return x;
    const sides = Int32Array.of(0, 0, padding, padding, padding, padding, 0, 0);
    const inputs = [
      this.graph.weight(`${name}/paddings`, [4, 2], sides),
      this.graph.weight(`${name}/least`, [], Float32Array.of(LEAST)),
    ];
    return this.graph.add("PadV2", `${name}/pad`, [x, ...inputs], []).name;
  }

  /** Batch norm in evaluation as scale·x + offset, in double precision. */
  #scaleAndOffset(name: string, epsilon: number): [scale: Float64Array, offset: Float64Array] {
    const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
      .map((part) => this.#get(`${name}.${part}`).data);
    const scale = Float64Array.from(
      weight,
      (value, i) => value / Math.sqrt(variance[i] + epsilon),
    );
    return [scale, scale.map((value, i) => bias[i] - mean[i] * value)];
  }

  #get(name: string): NamedTensor {
    const tensor = this.parameters.get(name);
    if (!tensor) throw new Error(`the model has no parameter ${name}`);
    return tensor;
  }
}

/** Positions on another grid, in double precision; those of `ahead` tokens stay. */
function moved(
  learned: Float32Array,
  channels: number,
  ahead: number,
  weights: Float32Array,
): Float64Array {
  const from = learned.length / channels - ahead, to = weights.length / from;
  const positions = new Float64Array((ahead + to) * channels);
  positions.set(learned.subarray(0, ahead * channels));
  for (let i = 0; i < to; i++) {
    for (let j = 0; j < from; j++) {
      const weight = weights[i * from + j];
      if (weight === 0) continue;
      for (let c = 0; c < channels; c++) {
        positions[(ahead + i) * channels + c] += weight * learned[(ahead + j) * channels + c];
      }
    }
  }
  return positions;
}
