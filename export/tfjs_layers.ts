/** An architecture read as the nodes of a TensorFlow.js graph model. */
import { BATCH_NORM_EPSILON } from "../backend/ops/batch_norm.ts";
import { relativePlaces, windowMask } from "../backend/ops/relative_places.ts";
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

/** A node of TensorFlow's GraphDef, as JSON. */
export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, unknown>;
}

/** A weight of the graph: float32, or int32 where it says so. */
export interface GraphWeight {
  shape: number[];
  data: Float32Array | Int32Array;
}

/** A value of the graph, or a convolution that waits for a batch norm to be folded into it. */
export type GraphValue = Shaped | Shaped & { convolution: GraphConvolution };

interface Shaped {
  name: string;
  /** [batch, height, width, channels], [batch, tokens, channels] or [batch, channels]; -1 is the batch. */
  shape: number[];
}

interface GraphConvolution {
  x: string;
  stride: number;
  padding: number | "same";
  depthwise: boolean;
  groups: number;
  bias: boolean;
}

interface GroupedConvolution {
  /** Of the filter, [height, width, channels of a group, filters]. */
  shape: number[];
  filter: Float32Array | Float64Array;
  groups: number;
  outShape: number[];
  window: GraphNode["attr"];
}

/** The least float32: what padding must be for a maximum. */
const LEAST = -3.4028234663852886e38;

const string = (text: string) => ({ s: btoa(text) });
const integers = (values: number[]) => ({ list: { i: values.map(String) } });
const FLOAT = { type: "DT_FLOAT" };

/**
 * Nodes over [batch, height, width, channels]. Batch norms are folded into the convolutions before
 * them, as TensorFlow's own converter does: half the nodes, at the cost of other rounding.
 */
export class TfjsLayers implements Layers<GraphValue> {
  readonly nodes: GraphNode[] = [];
  readonly weights = new Map<string, GraphWeight>();
  /** Of nodes that compute: tfjs would take the last of several for all. */
  readonly #names = new Set<string>();
  /** Of convolutions that something reads as they are, of which there may be several. */
  readonly #computed = new Map<GraphValue, string>();

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
      const fused = alone && activation in FUSED;
      let y = this.#convolve(x, scale, offset, fused ? activation : "linear");
      if (fused) return y;
      if (!alone) y = this.#add("AddV2", `${name}/add`, [y.name, this.#plain(residual)], x.shape);
      return this.#activate(name, y, activation);
    }
    const weights = [
      this.#weight(`${name}/scale`, [scale.length], scale),
      this.#weight(`${name}/offset`, [offset.length], offset),
    ];
    const { shape } = x;
    let y = this.#add("Mul", `${name}/mul`, [x.name, weights[0]], shape);
    y = this.#add("AddV2", name, [y.name, weights[1]], shape);
    if (!alone) y = this.#add("AddV2", `${name}/add`, [y.name, this.#plain(residual)], shape);
    return this.#activate(name, y, activation);
  }

  maxPool(
    x: GraphValue,
    { size, stride, padding }: { size: number; stride: number; padding: number },
  ): GraphValue {
    const name = `${x.name}/pool`;
    const padded = this.#pad(name, this.#plain(x), padding);
    const [batch, height, width, channels] = x.shape;
    const [rows, columns] = [height, width]
      .map((side) => Math.floor((side + 2 * padding - size) / stride) + 1);
    return this.#add("MaxPool", name, [padded], [batch, rows, columns, channels], {
      ksize: integers([1, size, size, 1]),
      strides: integers([1, stride, stride, 1]),
      padding: string("VALID"),
      data_format: string("NHWC"),
    });
  }

  activate(x: GraphValue, activation: Activation): GraphValue {
    return this.#activate(x.name, { name: this.#plain(x), shape: x.shape }, activation);
  }

  squeezeExcitation(
    x: GraphValue,
    { reduce, expand, activation, gate }: SqueezeExcitation,
  ): GraphValue {
    const name = this.#plain(x);
    const one = [x.shape[0], 1, 1, x.shape[3]];
    const axes = this.#weight(`${reduce}/axes`, [2], Int32Array.of(1, 2));
    const mean = this.#add("Mean", `${reduce}/mean`, [name, axes], one, {
      keep_dims: { b: true },
    });
    const squeezed = this.#activate(reduce, this.#pointwise(reduce, mean), activation);
    const scale = this.#activate(expand, this.#pointwise(expand, squeezed), gate);
    return this.#add("Mul", `${expand}/scaled`, [name, scale.name], x.shape);
  }

  shortcut(branch: GraphValue, x: GraphValue): GraphValue {
    return this.#add("AddV2", `${branch.name}/add`, [this.#plain(branch), this.#plain(x)], x.shape);
  }

  globalAveragePool(x: GraphValue): GraphValue {
    const axes = this.#weight(`${x.name}/axes`, [2], Int32Array.of(1, 2));
    const shape = [x.shape[0], x.shape[3]];
    return this.#add("Mean", `${x.name}/pooled`, [this.#plain(x), axes], shape, {
      keep_dims: { b: false },
    });
  }

  asPixel(x: GraphValue): GraphValue {
    const [batch, channels] = x.shape;
    return this.#reshape(`${x.name}/pixel`, x, [batch, 1, 1, channels]);
  }

  ofPixel(x: GraphValue): GraphValue {
    return this.#reshape(`${x.name}/features`, x, [x.shape[0], x.shape[3]]);
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
      return this.#weight(`${name}/${part}`, shape, data);
    });
    const isRows = x.shape.length === 2, channels = x.shape.at(-1)!;
    const outShape = [...x.shape.slice(0, -1), outFeatures];
    const rows = isRows ? this.#plain(x) : this.#reshape(`${name}/rows`, x, [-1, channels]).name;
    const product = this.#add("_FusedMatMul", name, [rows, ...inputs], [-1, outFeatures], {
      transpose_a: { b: false },
      transpose_b: { b: false },
      ...fusedWith("linear"),
    });
    return isRows ? product : this.#reshape(`${name}/shaped`, product, outShape);
  }

  layerNorm(name: string, x: GraphValue, epsilon: number): GraphValue {
    const { shape } = x, values = this.#plain(x), keepDims = { keep_dims: { b: true } };
    const axis = this.#weight(`${name}/axis`, [1], Int32Array.of(-1));
    const small = this.#weight(`${name}/epsilon`, [], Float32Array.of(epsilon));
    const of = (op: string, part: string, inputs: string[], attr: GraphNode["attr"] = {}) =>
      this.#add(op, `${name}/${part}`, inputs, shape, attr).name;
    const mean = of("Mean", "mean", [values, axis], keepDims);
    const centred = of("Sub", "centred", [values, mean]);
    const squares = of("Mul", "squares", [centred, centred]);
    const variance = of("Mean", "variance", [squares, axis], keepDims);
    const scale = of("Rsqrt", "scale", [of("AddV2", "positive", [variance, small])]);
    const normal = of("Mul", "normal", [centred, scale]);
    const [weight, bias] = ["weight", "bias"].map((part) => this.#parameter(`${name}.${part}`));
    return this.#add("AddV2", name, [of("Mul", "weighted", [normal, weight]), bias], shape);
  }

  gelu(x: GraphValue): GraphValue {
    const { shape } = x, values = this.#plain(x), name = `${x.name}/gelu`;
    const scalar = (part: string, value: number) =>
      this.#weight(`${name}/${part}`, [], Float32Array.of(value));
    const of = (op: string, part: string, inputs: string[]) =>
      this.#add(op, `${name}/${part}`, inputs, shape).name;
    const erf = of("Erf", "erf", [of("Mul", "scaled", [values, scalar("scale", Math.SQRT1_2)])]);
    const half = of("Mul", "halved", [values, scalar("half", 0.5)]);
    return this.#add("Mul", name, [half, of("AddV2", "twice", [erf, scalar("one", 1)])], shape);
  }

  scale(name: string, x: GraphValue): GraphValue {
    const { data } = this.#get(name);
    const factors = this.#weight(name, [data.length], data);
    return this.#add("Mul", `${name}/scaled`, [this.#plain(x), factors], x.shape);
  }

  tokens(x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape;
    return this.#reshape(`${x.name}/tokens`, x, [batch, height * width, channels]);
  }

  insertTokens(name: string, x: GraphValue, count: number, at: number): GraphValue {
    const [batch, tokens, channels] = x.shape;
    // As many of them as there are photos: what is added to is nothing, once for each.
    const axis = this.#weight(`${name}/axis`, [1], Int32Array.of(1));
    const zero = this.#weight(`${name}/zero`, [], Float32Array.of(0));
    const one = [batch, 1, channels], keepDims = { keep_dims: { b: true } };
    const mean = this.#add("Mean", `${name}/mean`, [this.#plain(x), axis], one, keepDims);
    const nothing = this.#add("Mul", `${name}/nothing`, [mean.name, zero], one);
    const learned = this.#parameter(name);
    const inserted = [batch, count, channels];
    const all = this.#add("AddV2", `${name}/all`, [nothing.name, learned], inserted);
    const parts = at === 0
      ? [all, x]
      : [this.#slice(`${name}/before`, x, 1, 0, at), all, this.#slice(`${name}/after`, x, 1, at)];
    return this.#concat(`${name}/concat`, parts, 1, [batch, tokens + count, channels]);
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
    const positions = this.#weight(name, [1, tokens, channels], data);
    return this.#add("AddV2", `${name}/add`, [this.#plain(x), positions], x.shape);
  }

  attention(qkv: GraphValue, heads: number): GraphValue {
    return this.#attend(qkv, heads, (scores) => scores);
  }

  windowAttention(name: string, qkv: GraphValue, { heads, side, shift }: Windows): GraphValue {
    const [batch, height, width, values] = qkv.shape, channels = values / 3, tokens = side ** 2;
    const rows = height / side, columns = width / side;
    const by = rows > 1 ? shift : 0;
    const cut = [batch, rows, side, columns, side, values], turn = [0, 1, 3, 2, 4, 5];
    const parted = this.#reshape(`${name}/parted`, this.#roll(`${name}/moved`, qkv, by), cut);
    const windows = [batch, rows, columns, side, side, values];
    const turned = this.#turn(`${name}/windows`, parted, windows, turn);
    const flat = this.#reshape(`${name}/rows`, turned, [-1, tokens, values]);

    const table = this.#get(`${name}.relative_position_bias_table`).data;
    const places = relativePlaces(side), pairs = tokens * tokens;
    const bias = this.#weight(
      `${name}/bias`,
      [heads, tokens, tokens],
      Float32Array.from(
        { length: heads * pairs },
        (_, i) => table[places[i % pairs] * heads + Math.floor(i / pairs)],
      ),
    );
    const y = this.#attend(flat, heads, (scores) => {
      const biased = this.#add("AddV2", `${name}/biased`, [scores.name, bias], scores.shape);
      if (by === 0) return biased;
      const all = [-1, rows * columns, heads, tokens, tokens];
      const byWindow = this.#reshape(`${name}/by_window`, biased, all);
      const mask = this.#weight(
        `${name}/mask`,
        [rows * columns, 1, tokens, tokens],
        windowMask([height, width], side, [by, by]),
      );
      const masked = this.#add("AddV2", `${name}/masked`, [byWindow.name, mask], all);
      return this.#reshape(`${name}/scores`, masked, scores.shape);
    });
    const back = [batch, rows, columns, side, side, channels];
    const apart = this.#reshape(`${name}/apart`, y, back);
    const joined = [batch, rows, side, columns, side, channels];
    const map = this.#reshape(
      `${name}/map`,
      this.#turn(`${name}/joined`, apart, joined, turn),
      [batch, height, width, channels],
    );
    return this.#roll(`${name}/back`, map, by === 0 ? 0 : height - by);
  }

  padTo(side: number, x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape, name = `${x.name}/padded`;
    const [rows, columns] = [height, width].map((size) => Math.ceil(size / side) * side);
    if (rows === height && columns === width) return x;
    const ends = Int32Array.of(0, 0, 0, rows - height, 0, columns - width, 0, 0);
    const inputs = [this.#plain(x), this.#weight(`${name}/paddings`, [4, 2], ends)];
    return this.#add("Pad", name, inputs, [batch, rows, columns, channels], {
      Tpaddings: { type: "DT_INT32" },
    });
  }

  cropTo(like: GraphValue, x: GraphValue): GraphValue {
    const [, height, width] = like.shape;
    if (x.shape[1] === height && x.shape[2] === width) return x;
    const rows = this.#slice(`${x.name}/upper`, x, 1, 0, height);
    return this.#slice(`${x.name}/left`, rows, 2, 0, width);
  }

  mergePixels(x: GraphValue): GraphValue {
    const [batch, height, width, channels] = x.shape;
    const pairs = this.#reshape(`${x.name}/pairs`, x, [-1, 2, width, channels]);
    const turned = this.#turn(`${x.name}/columns`, pairs, [-1, width, 2, channels]);
    const merged = [batch, height / 2, width / 2, 4 * channels];
    return this.#reshape(`${x.name}/merged`, turned, merged);
  }

  /** @param change what is added to scores [batch, heads, tokens, tokens] before they are shares */
  #attend(
    qkv: GraphValue,
    heads: number,
    change: (scores: GraphValue) => GraphValue,
  ): GraphValue {
    const { name, shape: [batch, tokens, width] } = qkv;
    const channels = width / 3, depth = channels / heads;
    const headed = [batch, tokens, heads, depth], turned = [batch, heads, tokens, depth];
    const [q, k, v] = ["q", "k", "v"].map((part, i) => {
      const own = this.#slice(`${name}/${part}`, qkv, 2, i * channels, channels);
      const parted = this.#reshape(`${name}/${part}/heads`, own, headed);
      return this.#turn(`${name}/${part}/turned`, parted, turned);
    });
    const scale = this.#weight(`${name}/scale`, [], Float32Array.of(1 / Math.sqrt(depth)));
    const scaled = this.#add("Mul", `${name}/scaled`, [q.name, scale], turned);
    const square = [batch, heads, tokens, tokens];
    const scores = this.#multiply(`${name}/scores`, scaled, k, square, true);
    const shares = this.#add("Softmax", `${name}/shares`, [change(scores).name], square);
    const values = this.#multiply(`${name}/values`, shares, v, turned, false);
    const back = this.#turn(`${name}/back`, values, headed);
    return this.#reshape(`${name}/attention`, back, [batch, tokens, channels]);
  }

  firstToken(x: GraphValue): GraphValue {
    const [batch, , channels] = x.shape;
    return this.#reshape(`${x.name}/first`, this.#slice(`${x.name}/token`, x, 1, 0, 1), [
      batch,
      channels,
    ]);
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
    const convolution = { x: this.#plain(x), stride, padding, depthwise, groups, bias };
    return { name, shape: [batch, rows, columns, filters], convolution };
  }

  #reshape(name: string, x: GraphValue, shape: number[]): GraphValue {
    const target = this.#weight(`${name}/shape`, [shape.length], Int32Array.from(shape));
    return this.#add("Reshape", name, [this.#plain(x), target], shape);
  }

  /** `count` values from `start` on along one dimension; all that are left without it. */
  #slice(name: string, x: GraphValue, axis: number, start: number, count?: number): GraphValue {
    const begin = Int32Array.from(x.shape, (_, i) => i === axis ? start : 0);
    const size = Int32Array.from(x.shape, (_, i) => i === axis ? count ?? -1 : -1);
    const shape = x.shape.map((sizeNow, i) => i === axis ? count ?? sizeNow - start : sizeNow);
    const inputs = [
      this.#plain(x),
      this.#weight(`${name}/begin`, [begin.length], begin),
      this.#weight(`${name}/size`, [size.length], size),
    ];
    return this.#add("Slice", name, inputs, shape, { Index: { type: "DT_INT32" } });
  }

  /** What lies `by` pixels behind in both directions of [batch, height, width, channels] comes first. */
  #roll(name: string, x: GraphValue, by: number): GraphValue {
    if (by === 0) return x;
    for (const axis of [1, 2]) {
      const parts = [
        this.#slice(`${name}/rest${axis}`, x, axis, by),
        this.#slice(`${name}/first${axis}`, x, axis, 0, by),
      ];
      x = this.#concat(`${name}/${axis}`, parts, axis, x.shape);
    }
    return x;
  }

  #concat(name: string, parts: GraphValue[], along: number, shape: number[]): GraphValue {
    const axis = this.#weight(`${name}/axis`, [], Int32Array.of(along));
    const inputs = [...parts.map((part) => this.#plain(part)), axis];
    return this.#add("ConcatV2", name, inputs, shape, { N: { i: String(parts.length) } });
  }

  /** The two in the middle of four dimensions change places, or as `to` says. */
  #turn(name: string, x: GraphValue, shape: number[], to = [0, 2, 1, 3]): GraphValue {
    const order = this.#weight(`${name}/order`, [to.length], Int32Array.from(to));
    return this.#add("Transpose", name, [this.#plain(x), order], shape);
  }

  #multiply(name: string, a: GraphValue, b: GraphValue, shape: number[], transposed: boolean) {
    return this.#add("BatchMatMulV2", name, [a.name, b.name], shape, {
      adj_x: { b: false },
      adj_y: { b: transposed },
    });
  }

  #parameter(name: string): string {
    const { shape, data } = this.#get(name);
    return this.#weight(name, shape, data);
  }

  /** The name of a value that is computed, folded into or not. */
  #plain(x: GraphValue): string {
    if (!("convolution" in x)) return x.name;
    const computed = this.#computed.get(x) ?? this.#convolve(x).name;
    this.#computed.set(x, computed);
    return computed;
  }

  #convolve(
    { name, shape: outShape, convolution }: Extract<GraphValue, { convolution: unknown }>,
    scale?: Float64Array,
    offset?: Float64Array,
    activation: Activation = "linear",
  ): GraphValue {
    const { x, stride, padding, depthwise, groups, bias } = convolution;
    const { shape, data } = this.#get(`${name}.weight`);
    const channels = depthwise ? shape[2] : shape[3];
    const filter = scale ? data.map((value, i) => value * scale[i % channels]) : data;
    const own = bias ? Float64Array.from(this.#get(`${name}.bias`).data) : undefined;
    const scaled = own && scale ? own.map((value, i) => value * scale[i] + offset![i]) : undefined;
    const added = scaled ?? offset ?? own ?? new Float64Array(channels);
    const window = {
      strides: integers([1, stride, stride, 1]),
      dilations: integers([1, 1, 1, 1]),
      data_format: string("NHWC"),
      ...paddingOf(padding),
    };
    if (groups > 1) {
      const products = this.#convolveGroups(name, x, { shape, filter, groups, outShape, window });
      const terms = [products.name, this.#weight(`${name}/bias`, [channels], added)];
      return this.#activate(name, this.#add("AddV2", `${name}/add`, terms, outShape), activation);
    }
    const inputs = [
      x,
      this.#weight(`${name}/filter`, shape, filter),
      this.#weight(`${name}/bias`, [channels], added),
    ];
    const op = depthwise ? "FusedDepthwiseConv2dNative" : "_FusedConv2D";
    return this.#add(op, name, inputs, outShape, { ...window, ...fusedWith(activation) });
  }

  /**
   * TensorFlow.js convolves all channels or each one: here each one by all filters of its group, and
   * what belongs to the same filter is added up.
   */
  #convolveGroups(
    name: string,
    x: string,
    { shape: [height, width, own, filters], filter, groups, outShape, window }: GroupedConvolution,
  ): GraphValue {
    const outOwn = filters / groups, channels = own * groups;
    const [batch, rows, columns] = outShape;
    const values = Float64Array.from({ length: filter.length }, (_, i) => {
      const output = i % outOwn, channel = Math.floor(i / outOwn) % channels;
      const tap = Math.floor(i / outOwn / channels), group = Math.floor(channel / own);
      return filter[(tap * own + channel % own) * filters + group * outOwn + output];
    });
    const weights = this.#weight(`${name}/filter`, [height, width, channels, outOwn], values);
    const each = this.#add(
      "DepthwiseConv2dNative",
      `${name}/each`,
      [x, weights],
      [batch, rows, columns, channels * outOwn],
      window,
    );
    const parted = this.#reshape(`${name}/parted`, each, [-1, groups, own, outOwn]);
    const axis = this.#weight(`${name}/axis`, [1], Int32Array.of(2));
    const sums = this.#add("Sum", `${name}/sums`, [parted.name, axis], [-1, groups, outOwn], {
      keep_dims: { b: false },
    });
    return this.#reshape(`${name}/joined`, sums, outShape);
  }

  /** A 1×1 convolution with bias. */
  #pointwise(name: string, x: GraphValue): GraphValue {
    const { shape, data } = this.#get(`${name}.weight`), bias = this.#get(`${name}.bias`);
    const inputs = [
      x.name,
      this.#weight(`${name}/filter`, shape, data),
      this.#weight(`${name}/bias`, bias.shape, bias.data),
    ];
    const outShape = [...x.shape.slice(0, 3), bias.data.length];
    return this.#add("_FusedConv2D", name, inputs, outShape, {
      strides: integers([1, 1, 1, 1]),
      dilations: integers([1, 1, 1, 1]),
      data_format: string("NHWC"),
      ...paddingOf(0),
      ...fusedWith("linear"),
    });
  }

  #activate(name: string, x: GraphValue, activation: Activation): GraphValue {
    switch (activation) {
      case "linear":
        return x;
      case "relu":
        return this.#add("Relu", `${name}/relu`, [x.name], x.shape);
      case "relu6":
        return this.#add("Relu6", `${name}/relu6`, [x.name], x.shape);
      case "sigmoid":
        return this.#add("Sigmoid", `${name}/sigmoid`, [x.name], x.shape);
      case "silu": {
        const gate = this.#add("Sigmoid", `${name}/sigmoid`, [x.name], x.shape);
        return this.#add("Mul", `${name}/silu`, [x.name, gate.name], x.shape);
      }
      case "hardSigmoid":
        return this.#hardSigmoid(name, x);
      case "hardSwish": {
        const gate = this.#hardSigmoid(name, x);
        return this.#add("Mul", `${name}/hardswish`, [x.name, gate.name], x.shape);
      }
    }
  }

  /** relu6(x + 3) / 6: TensorFlow has no operation of it. */
  #hardSigmoid(name: string, x: GraphValue): GraphValue {
    const three = this.#weight(`${name}/three`, [], Float32Array.of(3));
    const sixth = this.#weight(`${name}/sixth`, [], Float32Array.of(1 / 6));
    const shifted = this.#add("AddV2", `${name}/shifted`, [x.name, three], x.shape);
    const clipped = this.#add("Relu6", `${name}/clipped`, [shifted.name], x.shape);
    return this.#add("Mul", `${name}/hardsigmoid`, [clipped.name, sixth], x.shape);
  }

  #pad(name: string, x: string, padding: number): string {
    if (padding === 0) return x;
    const sides = Int32Array.of(0, 0, padding, padding, padding, padding, 0, 0);
    const inputs = [
      this.#weight(`${name}/paddings`, [4, 2], sides),
      this.#weight(`${name}/least`, [], Float32Array.of(LEAST)),
    ];
    return this.#add("PadV2", `${name}/pad`, [x, ...inputs], []).name;
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

  /** Adds a weight and the node that stands for it; gives its name. */
  #weight(name: string, shape: number[], values: ArrayLike<number>): string {
    const isInteger = values instanceof Int32Array;
    const data = isInteger ? values : Float32Array.from(values);
    this.weights.set(name, { shape, data });
    const dtype = isInteger ? "DT_INT32" : "DT_FLOAT";
    const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) };
    const attr = { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape } } };
    this.nodes.push({ name, op: "Const", attr });
    return name;
  }

  #add(
    op: string,
    name: string,
    input: string[],
    shape: number[],
    attr: GraphNode["attr"] = {},
  ): GraphValue {
    if (this.#names.has(name)) throw new Error(`two nodes of the graph are called ${name}`);
    this.#names.add(name);
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return { name, shape };
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

/** What a convolution does itself, by TensorFlow's names. */
const FUSED: Partial<Record<Activation, string[]>> = {
  linear: [],
  relu: ["Relu"],
  relu6: ["Relu6"],
};

/** A bias and an activation, fused. */
function fusedWith(activation: Activation) {
  return {
    fused_ops: { list: { s: ["BiasAdd", ...FUSED[activation] ?? []].map(btoa) } },
    num_args: { i: "1" },
  };
}

function paddingOf(padding: number | "same") {
  if (padding === "same" || padding === 0) {
    return { padding: string(padding === 0 ? "VALID" : "SAME") };
  }
  const sides = integers([0, 0, padding, padding, padding, padding, 0, 0]);
  return { padding: string("EXPLICIT"), explicit_paddings: sides };
}
