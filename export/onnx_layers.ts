/** An architecture read as ONNX operators. */
import { BATCH_NORM_EPSILON } from "../backend/ops/batch_norm.ts";
import { windowMask } from "../backend/ops/relative_places.ts";
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
import type { Attributes, OnnxGraph, OnnxNode } from "./onnx_graph.ts";

/** A value of the graph. */
export interface OnnxValue {
  name: string;
  channels: number;
  /**
   * [batch, channels, height, width]; [batch, height, width, channels], which layer norms and linear
   * layers take; [batch, tokens, channels]; or [batch, channels].
   */
  layout: "channels first" | "channels last" | "tokens" | "features";
  /** Of a map in pixels, or of a grid in tokens. */
  side: number;
}

type Described = Omit<OnnxValue, "name">;

/** A batch norm that became part of a convolution. */
export interface BatchNormFold {
  /** Its name; the convolution's bias has that of the norm's. */
  norm: string;
  epsilon: number;
  /** Name of the convolution's filters. */
  weight: string;
}

/** Beyond the end of any list of tokens. */
const MOST = 2 ** 31 - 1;

/** Between which a relu6 clips. */
const RELU6_LIMITS = { "relu6.min": 0, "relu6.max": 6 };

/** Operators of opset 17; parameters keep torch's names and layout. */
export class OnnxLayers implements Layers<OnnxValue> {
  /** Values that were transposed already. */
  readonly #turned = new Map<string, OnnxValue>();
  /** Convolutions by their outputs, for batch norms to be folded into. */
  readonly #convolutions = new Map<string, OnnxNode>();

  /**
   * @param graph gets the nodes
   * @param folds where given, batch norms become part of the convolutions without bias before them, and
   *   what is to be done to the parameters is noted here
   */
  constructor(private readonly graph: OnnxGraph, private readonly folds?: BatchNormFold[]) {}

  conv2d(name: string, x: OnnxValue, convolution: Convolution): OnnxValue {
    return this.#convolve(name, x, convolution, convolution.groups ?? 1);
  }

  depthwiseConv2d(
    name: string,
    x: OnnxValue,
    convolution: DepthwiseConvolution,
  ): OnnxValue {
    return this.#convolve(name, x, { ...convolution, filters: x.channels }, x.channels);
  }

  batchNorm(
    name: string,
    x: OnnxValue,
    { activation = "linear", residual, epsilon = BATCH_NORM_EPSILON }: BatchNorm<OnnxValue> = {},
  ): OnnxValue {
    const convolution = this.#convolutions.get(x.name);
    let y = x;
    if (this.folds && convolution?.input.length === 2) {
      this.folds.push({ norm: name, epsilon, weight: convolution.input[1] });
      convolution.input.push(`${name}.bias`);
    } else {
      const parts = ["weight", "bias", "running_mean", "running_var"];
      const inputs = [x.name, ...parts.map((part) => `${name}.${part}`)];
      y = this.#add("BatchNormalization", name, inputs, x, { epsilon });
    }
    if (residual) y = this.#add("Add", `${name}.add`, [y.name, residual.name], x);
    return this.#activate(name, y, activation);
  }

  activate(x: OnnxValue, activation: Activation): OnnxValue {
    return this.#activate(x.name, x, activation);
  }

  squeezeExcitation(
    x: OnnxValue,
    { reduce, expand, squeezed, activation, gate }: SqueezeExcitation,
  ): OnnxValue {
    let y = this.#add("GlobalAveragePool", `${x.name}.mean`, [x.name], { ...x, side: 1 });
    y = this.#activate(reduce, this.#pointwise(reduce, y, squeezed), activation);
    y = this.#activate(expand, this.#pointwise(expand, y, x.channels), gate);
    return this.#add("Mul", `${x.name}.scaled`, [x.name, y.name], x);
  }

  shortcut(branch: OnnxValue, x: OnnxValue): OnnxValue {
    const both = branch.layout === "channels last" ? this.#channelsLast(x) : this.#channelsFirst(x);
    return this.#add("Add", `${branch.name}.add`, [branch.name, both.name], branch);
  }

  maxPool(
    x: OnnxValue,
    { size, stride, padding }: { size: number; stride: number; padding: number },
  ): OnnxValue {
    const pooled = { ...x, side: Math.floor((x.side + 2 * padding - size) / stride) + 1 };
    return this.#add("MaxPool", `${x.name}.pool`, [x.name], pooled, {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  }

  globalAveragePool(x: OnnxValue): OnnxValue {
    x = this.#channelsFirst(x);
    const features = { ...x, layout: "features" } as const;
    const mean = this.#add("GlobalAveragePool", `${x.name}.mean`, [x.name], features);
    return this.#add("Flatten", `${x.name}.features`, [mean.name], features, { axis: 1 });
  }

  asPixel(x: OnnxValue): OnnxValue {
    const pixel = { ...x, side: 1, layout: "channels first" } as const;
    return this.#reshape(`${x.name}.pixel`, x.name, [0, x.channels, 1, 1], pixel);
  }

  ofPixel(x: OnnxValue): OnnxValue {
    const features = { ...x, layout: "features" } as const;
    return this.#add("Flatten", `${x.name}.features`, [x.name], features, { axis: 1 });
  }

  dropout = (x: OnnxValue) => x;
  scope = (part: () => OnnxValue) => part();

  linear(
    name: string,
    x: OnnxValue,
    outFeatures: number,
    { joint = ".", bias: hasBias = true }: Linear = {},
  ): OnnxValue {
    const [weight, bias] = ["weight", "bias"].map((part) => `${name}${joint}${part}`);
    x = this.#channelsLast(x);
    const y = { ...x, channels: outFeatures };
    if (x.layout === "features") {
      return this.#add("Gemm", name, [x.name, weight, bias], y, { transB: 1 });
    }
    const turned = this.#add("Transpose", `${name}.turned`, [weight], y, { perm: [1, 0] });
    const product = this.#add("MatMul", `${name}.product`, [x.name, turned.name], y);
    if (!hasBias) return product;
    return this.#add("Add", name, [product.name, bias], y);
  }

  layerNorm(name: string, x: OnnxValue, epsilon: number): OnnxValue {
    x = this.#channelsLast(x);
    const inputs = [x.name, `${name}.weight`, `${name}.bias`];
    return this.#add("LayerNormalization", name, inputs, x, { axis: -1, epsilon });
  }

  gelu(x: OnnxValue): OnnxValue {
    const name = `${x.name}.gelu`;
    const scalar = (part: string, value: number) =>
      this.#constant(`gelu.${part}`, [], Float32Array.of(value));
    const scaled = this.#add("Mul", `${name}.scaled`, [x.name, scalar("scale", Math.SQRT1_2)], x);
    const erf = this.#add("Erf", `${name}.erf`, [scaled.name], x);
    const twice = this.#add("Add", `${name}.twice`, [erf.name, scalar("one", 1)], x);
    const half = this.#add("Mul", `${name}.half`, [x.name, scalar("half", 0.5)], x);
    return this.#add("Mul", name, [half.name, twice.name], x);
  }

  scale(name: string, x: OnnxValue, dimensions = 1): OnnxValue {
    x = this.#channelsLast(x);
    const factors = dimensions === 1 ? name : this.#reshape(`${name}.vector`, name, [-1], x).name;
    return this.#add("Mul", `${name}.scale`, [x.name, factors], x);
  }

  tokens(x: OnnxValue): OnnxValue {
    const rows = this.#channelsLast(x);
    const tokens = { ...x, layout: "tokens" } as const;
    return this.#reshape(`${x.name}.tokens`, rows.name, [0, -1, x.channels], tokens);
  }

  insertTokens(name: string, x: OnnxValue, _count: number, at: number): OnnxValue {
    // Once for each photo that there is.
    const shape = this.#add("Shape", `${name}.shape`, [x.name], x, { start: 0, end: 1 });
    const rest = this.#constant(`${name}.rest`, [2], BigInt64Array.of(1n, 1n));
    const repeats = this.#add("Concat", `${name}.repeats`, [shape.name, rest], x, { axis: 0 });
    const tokens = this.#add("Tile", `${name}.tokens`, [name, repeats.name], x);
    if (at === 0) return this.#add("Concat", `${name}.all`, [tokens.name, x.name], x, { axis: 1 });
    const before = this.#slice(`${name}.before`, x.name, 0, at, x);
    const after = this.#slice(`${name}.after`, x.name, at, MOST, x);
    return this.#add("Concat", `${name}.all`, [before.name, tokens.name, after.name], x, {
      axis: 1,
    });
  }

  addPositions(
    name: string,
    x: OnnxValue,
    { side, ahead, resampling }: Positions,
  ): OnnxValue {
    let positions = name;
    if (x.side !== side) {
      if (!resampling) throw new Error(`${name} has positions of ${side}×${side} tokens alone`);
      const fixed = this.#slice(`${name}.ahead`, name, 0, ahead, x);
      const grid = this.#slice(`${name}.grid`, name, ahead, MOST, x);
      const weights = this.#constant(
        `${name}.weights`,
        [x.side ** 2, side ** 2],
        positionWeights(side, x.side, resampling),
      );
      const moved = this.#add("MatMul", `${name}.moved`, [weights, grid.name], x);
      const both = [fixed.name, moved.name];
      positions = this.#add("Concat", `${name}.positions`, both, x, { axis: 1 }).name;
    }
    return this.#add("Add", `${name}.add`, [x.name, positions], x);
  }

  attention(qkv: OnnxValue, heads: number): OnnxValue {
    return this.#attend(qkv, heads, (scores) => scores);
  }

  windowAttention(name: string, x: OnnxValue, { heads, side, shift }: Windows): OnnxValue {
    const qkv = this.#channelsLast(x),
      { channels } = x,
      windows = x.side / side,
      tokens = side ** 2;
    const by = x.side > side ? shift : 0;
    const cut = [0, windows, side, windows, side, channels];
    const parted = this.#reshape(
      `${name}.parted`,
      this.#roll(`${name}.moved`, qkv, by).name,
      cut,
      qkv,
    );
    const perm = [0, 1, 3, 2, 4, 5];
    const turned = this.#add("Transpose", `${name}.windows`, [parted.name], qkv, { perm });
    const rows = this.#reshape(`${name}.rows`, turned.name, [-1, tokens, channels], qkv);
    const index = [`${name}.relative_position_bias_table`, `${name}.relative_position_index`];
    const learned = this.#add("Gather", `${name}.learned`, index, qkv, { axis: 0 });
    const square = this.#reshape(`${name}.square`, learned.name, [tokens, tokens, heads], qkv);
    const bias = this.#add("Transpose", `${name}.bias`, [square.name], qkv, { perm: [2, 0, 1] });
    const y = this.#attend(rows, heads, (scores) => {
      const biased = this.#add("Add", `${name}.biased`, [scores.name, bias.name], scores);
      if (by === 0) return biased;
      const all = [-1, windows ** 2, heads, tokens, tokens];
      const byWindow = this.#reshape(`${name}.by_window`, biased.name, all, scores);
      const mask = this.#constant(
        `windows.mask${x.side}`,
        [windows ** 2, 1, tokens, tokens],
        windowMask([x.side, x.side], side, [by, by]),
      );
      const masked = this.#add("Add", `${name}.masked`, [byWindow.name, mask], scores);
      return this.#reshape(`${name}.scores`, masked.name, [-1, heads, tokens, tokens], scores);
    });
    const back = [-1, windows, windows, side, side, y.channels];
    const apart = this.#reshape(`${name}.apart`, y.name, back, y);
    const joined = this.#add("Transpose", `${name}.joined`, [apart.name], y, { perm });
    const map = this.#reshape(`${name}.map`, joined.name, [-1, x.side, x.side, y.channels], y);
    return this.#roll(`${name}.back`, map, by === 0 ? 0 : x.side - by);
  }

  padTo(multiple: number, x: OnnxValue): OnnxValue {
    const side = Math.ceil(x.side / multiple) * multiple;
    if (side === x.side) return x;
    x = this.#channelsLast(x);
    const ends = BigInt64Array.from([0, 0, 0, 0, 0, side - x.side, side - x.side, 0], BigInt);
    const pads = this.#constant(`${x.name}.pads`, [8], ends);
    return this.#add("Pad", `${x.name}.padded`, [x.name, pads], { ...x, side });
  }

  cropTo({ side }: OnnxValue, x: OnnxValue): OnnxValue {
    if (side === x.side) return x;
    x = this.#channelsLast(x);
    const like = { ...x, side };
    const rows = this.#slice(`${x.name}.rows`, x.name, 0, side, like);
    return this.#slice(`${x.name}.columns`, rows.name, 0, side, like, 2);
  }

  mergePixels(x: OnnxValue): OnnxValue {
    x = this.#channelsLast(x);
    const { name, channels } = x, side = x.side / 2;
    const y = { ...x, side, channels: 4 * channels };
    const parted = this.#reshape(`${name}.pairs`, name, [-1, 2, x.side, channels], x);
    const turned = this.#add("Transpose", `${name}.columns`, [parted.name], x, {
      perm: [0, 2, 1, 3],
    });
    return this.#reshape(`${name}.merged`, turned.name, [-1, side, side, 4 * channels], y);
  }

  /** @param change what is added to scores [batch, heads, tokens, tokens] before they are shares */
  #attend(
    qkv: OnnxValue,
    heads: number,
    change: (scores: OnnxValue) => OnnxValue,
  ): OnnxValue {
    const { name } = qkv, channels = qkv.channels / 3, depth = channels / heads;
    const x = { ...qkv, channels };
    // [batch, tokens, 3, heads, depth] to [3, batch, heads, tokens, depth].
    const parted = this.#reshape(`${name}.parted`, name, [0, 0, 3, heads, depth], x);
    const turned = this.#add("Transpose", `${name}.heads`, [parted.name], x, {
      perm: [2, 0, 3, 1, 4],
    });
    const [q, k, v] = ["q", "k", "v"].map((part, i) => {
      const index = this.#constant(`attention.${part}`, [], BigInt64Array.of(BigInt(i)));
      return this.#add("Gather", `${name}.${part}`, [turned.name, index], x, { axis: 0 }).name;
    });
    const scale = this.#constant(
      `attention.scale${depth}`,
      [],
      Float32Array.of(1 / Math.sqrt(depth)),
    );
    const scaled = this.#add("Mul", `${name}.scaled`, [q, scale], x);
    const keys = this.#add("Transpose", `${name}.keys`, [k], x, { perm: [0, 1, 3, 2] });
    const scores = this.#add("MatMul", `${name}.scores`, [scaled.name, keys.name], x);
    const shares = this.#add("Softmax", `${name}.shares`, [change(scores).name], x, { axis: -1 });
    const values = this.#add("MatMul", `${name}.values`, [shares.name, v], x);
    const back = this.#add("Transpose", `${name}.back`, [values.name], x, { perm: [0, 2, 1, 3] });
    return this.#reshape(`${name}.attention`, back.name, [0, 0, channels], x);
  }

  firstToken(x: OnnxValue): OnnxValue {
    const index = this.#constant("tokens.first", [], BigInt64Array.of(0n));
    const features = { ...x, layout: "features" } as const;
    return this.#add("Gather", `${x.name}.first`, [x.name, index], features, { axis: 1 });
  }

  places = (x: OnnxValue) => x;
  unused(): void {}

  /** A 1×1 convolution with bias. */
  #pointwise(name: string, x: OnnxValue, filters: number): OnnxValue {
    const inputs = [x.name, `${name}.weight`, `${name}.bias`];
    const y = { ...x, channels: filters };
    return this.#add("Conv", name, inputs, y, { kernel_shape: [1, 1] });
  }

  #activate(name: string, x: OnnxValue, activation: Activation): OnnxValue {
    switch (activation) {
      case "linear":
        return x;
      case "relu":
        return this.#add("Relu", `${name}.relu`, [x.name], x);
      case "relu6": {
        const limits = Object.entries(RELU6_LIMITS)
          .map(([name, value]) => this.#constant(name, [], Float32Array.of(value)));
        return this.#add("Clip", `${name}.relu6`, [x.name, ...limits], x);
      }
      case "hardSwish":
        return this.#add("HardSwish", `${name}.hardswish`, [x.name], x);
      case "hardSigmoid":
        // ONNX's own slope is 0.2.
        return this.#add("HardSigmoid", `${name}.hardsigmoid`, [x.name], x, {
          alpha: 1 / 6,
          beta: 0.5,
        });
      case "sigmoid":
        return this.#add("Sigmoid", `${name}.sigmoid`, [x.name], x);
      case "silu": {
        const gate = this.#add("Sigmoid", `${name}.sigmoid`, [x.name], x);
        return this.#add("Mul", `${name}.silu`, [x.name, gate.name], x);
      }
    }
  }

  #convolve(
    name: string,
    x: OnnxValue,
    { kernel, stride = 1, padding = 0, filters, bias }: Convolution,
    group: number,
  ): OnnxValue {
    x = this.#channelsFirst(x);
    const side = padding === "same"
      ? Math.ceil(x.side / stride)
      : Math.floor((x.side + 2 * padding - kernel) / stride) + 1;
    const inputs = [x.name, `${name}.weight`, ...(bias ? [`${name}.bias`] : [])];
    const y = this.#add("Conv", name, inputs, { ...x, channels: filters, side }, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      group,
      ...(padding === "same"
        ? { auto_pad: "SAME_UPPER" }
        : { pads: [padding, padding, padding, padding] }),
    });
    this.#convolutions.set(y.name, this.graph.nodes.at(-1)!);
    return y;
  }

  #channelsLast(x: OnnxValue): OnnxValue {
    return x.layout === "channels first" ? this.#turn(x, "channels last", [0, 2, 3, 1]) : x;
  }

  #channelsFirst(x: OnnxValue): OnnxValue {
    return x.layout === "channels last" ? this.#turn(x, "channels first", [0, 3, 1, 2]) : x;
  }

  #turn(x: OnnxValue, layout: OnnxValue["layout"], perm: number[]): OnnxValue {
    const known = this.#turned.get(x.name);
    if (known) return known;
    const turned = this.#add("Transpose", `${x.name}.turned`, [x.name], { ...x, layout }, { perm });
    this.#turned.set(x.name, turned);
    return turned;
  }

  /** 0 leaves a dimension as it is. */
  #reshape(name: string, from: string, shape: number[], like: Described): OnnxValue {
    const sizes = BigInt64Array.from(shape, BigInt);
    const target = this.#constant(`${name}.shape`, [shape.length], sizes);
    return this.#add("Reshape", name, [from, target], like);
  }

  /** What lies `by` pixels behind in both directions of [batch, height, width, channels] comes first. */
  #roll(name: string, x: OnnxValue, by: number): OnnxValue {
    if (by === 0) return x;
    for (const axis of [1, 2]) {
      const first = this.#slice(`${name}.first${axis}`, x.name, 0, by, x, axis);
      const rest = this.#slice(`${name}.rest${axis}`, x.name, by, MOST, x, axis);
      x = this.#add("Concat", `${name}.${axis}`, [rest.name, first.name], x, { axis });
    }
    return x;
  }

  /** Entries `start` to `end` along an axis; tokens, of [batch, tokens, channels]. */
  #slice(
    name: string,
    from: string,
    start: number,
    end: number,
    like: Described,
    axis = 1,
  ): OnnxValue {
    const bounds = [start, end, axis].map((value) =>
      this.#constant(`slice.${value}`, [1], BigInt64Array.of(BigInt(value)))
    );
    return this.#add("Slice", name, [from, ...bounds], like);
  }

  #constant(name: string, dims: number[], data: Float32Array | BigInt64Array): string {
    return this.graph.constant(name, dims, data);
  }

  /** Adds a node and gives its output, of the channels and side of `like`. */
  #add(
    opType: string,
    name: string,
    input: string[],
    like: Described,
    attributes: Attributes = {},
  ): OnnxValue {
    return { ...like, name: this.graph.add(opType, name, input, attributes) };
  }
}
