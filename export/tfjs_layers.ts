/** An architecture read as the nodes of a TensorFlow.js graph model. */
import { BATCH_NORM_EPSILON } from "../backend/ops/batch_norm.ts";
import type {
  Activation,
  BatchNorm,
  Convolution,
  Layers,
  SqueezeExcitation,
} from "../models/layers.ts";
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
export type GraphValue = { name: string } | {
  name: string;
  convolution: { x: string; stride: number; padding: number | "same"; depthwise: boolean };
};

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

  constructor(private readonly parameters: ReadonlyMap<string, NamedTensor>) {}

  conv2d(name: string, x: GraphValue, { stride = 1, padding = 0 }: Convolution): GraphValue {
    return { name, convolution: { x: this.#plain(x), stride, padding, depthwise: false } };
  }

  depthwiseConv2d(
    name: string,
    x: GraphValue,
    { stride = 1, padding = 0 }: Omit<Convolution, "filters">,
  ): GraphValue {
    return { name, convolution: { x: this.#plain(x), stride, padding, depthwise: true } };
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
      if (!alone) y = this.#add("AddV2", `${name}/add`, [y.name, this.#plain(residual)]);
      return this.#activate(name, y, activation);
    }
    const weights = [
      this.#weight(`${name}/scale`, [scale.length], scale),
      this.#weight(`${name}/offset`, [offset.length], offset),
    ];
    let y = this.#add("Mul", `${name}/mul`, [x.name, weights[0]]);
    y = this.#add("AddV2", name, [y.name, weights[1]]);
    if (!alone) y = this.#add("AddV2", `${name}/add`, [y.name, this.#plain(residual)]);
    return this.#activate(name, y, activation);
  }

  maxPool(
    x: GraphValue,
    { size, stride, padding }: { size: number; stride: number; padding: number },
  ): GraphValue {
    const name = `${x.name}/pool`;
    const padded = this.#pad(name, this.#plain(x), padding);
    return this.#add("MaxPool", name, [padded], {
      ksize: integers([1, size, size, 1]),
      strides: integers([1, stride, stride, 1]),
      padding: string("VALID"),
      data_format: string("NHWC"),
    });
  }

  activate(x: GraphValue, activation: Activation): GraphValue {
    return this.#activate(x.name, { name: this.#plain(x) }, activation);
  }

  squeezeExcitation(
    x: GraphValue,
    { reduce, expand, activation, gate }: SqueezeExcitation,
  ): GraphValue {
    const name = this.#plain(x);
    const axes = this.#weight(`${reduce}/axes`, [2], Int32Array.of(1, 2));
    const mean = this.#add("Mean", `${reduce}/mean`, [name, axes], { keep_dims: { b: true } });
    const squeezed = this.#activate(reduce, this.#pointwise(reduce, mean), activation);
    const scale = this.#activate(expand, this.#pointwise(expand, squeezed), gate);
    return this.#add("Mul", `${expand}/scaled`, [name, scale.name]);
  }

  shortcut(branch: GraphValue, x: GraphValue): GraphValue {
    return this.#add("AddV2", `${branch.name}/add`, [this.#plain(branch), this.#plain(x)]);
  }

  globalAveragePool(x: GraphValue): GraphValue {
    const axes = this.#weight(`${x.name}/axes`, [2], Int32Array.of(1, 2));
    return this.#add("Mean", `${x.name}/mean`, [this.#plain(x), axes], { keep_dims: { b: false } });
  }

  dropout = (x: GraphValue) => x;
  scope = (part: () => GraphValue) => part();

  linear(name: string, x: GraphValue): GraphValue {
    const inputs = ["weight", "bias"].map((part) => {
      const { shape, data } = this.#get(`${name}.${part}`);
      return this.#weight(`${name}/${part}`, shape, data);
    });
    return this.#add("_FusedMatMul", name, [this.#plain(x), ...inputs], {
      transpose_a: { b: false },
      transpose_b: { b: false },
      ...fusedWith("linear"),
    });
  }

  /** The name of a value that is computed, folded into or not. */
  #plain(x: GraphValue): string {
    return "convolution" in x ? this.#convolve(x).name : x.name;
  }

  #convolve(
    { name, convolution }: Extract<GraphValue, { convolution: unknown }>,
    scale?: Float64Array,
    offset?: Float64Array,
    activation: Activation = "linear",
  ): GraphValue {
    const { x, stride, padding, depthwise } = convolution;
    const { shape, data } = this.#get(`${name}.weight`);
    const channels = depthwise ? shape[2] : shape[3];
    const filter = scale ? data.map((value, i) => value * scale[i % channels]) : data;
    const inputs = [
      x,
      this.#weight(`${name}/filter`, shape, filter),
      this.#weight(`${name}/bias`, [channels], offset ?? new Float64Array(channels)),
    ];
    return this.#add(depthwise ? "FusedDepthwiseConv2dNative" : "_FusedConv2D", name, inputs, {
      strides: integers([1, stride, stride, 1]),
      dilations: integers([1, 1, 1, 1]),
      data_format: string("NHWC"),
      ...paddingOf(padding),
      ...fusedWith(activation),
    });
  }

  /** A 1×1 convolution with bias. */
  #pointwise(name: string, x: GraphValue): GraphValue {
    const { shape, data } = this.#get(`${name}.weight`), bias = this.#get(`${name}.bias`);
    const inputs = [
      x.name,
      this.#weight(`${name}/filter`, shape, data),
      this.#weight(`${name}/bias`, bias.shape, bias.data),
    ];
    return this.#add("_FusedConv2D", name, inputs, {
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
        return this.#add("Relu", `${name}/relu`, [x.name]);
      case "relu6":
        return this.#add("Relu6", `${name}/relu6`, [x.name]);
      case "sigmoid":
        return this.#add("Sigmoid", `${name}/sigmoid`, [x.name]);
      case "silu": {
        const gate = this.#add("Sigmoid", `${name}/sigmoid`, [x.name]);
        return this.#add("Mul", `${name}/silu`, [x.name, gate.name]);
      }
      case "hardSigmoid":
        return this.#hardSigmoid(name, x);
      case "hardSwish": {
        const gate = this.#hardSigmoid(name, x);
        return this.#add("Mul", `${name}/hardswish`, [x.name, gate.name]);
      }
    }
  }

  /** relu6(x + 3) / 6: TensorFlow has no operation of it. */
  #hardSigmoid(name: string, x: GraphValue): GraphValue {
    const three = this.#weight(`${name}/three`, [], Float32Array.of(3));
    const sixth = this.#weight(`${name}/sixth`, [], Float32Array.of(1 / 6));
    const shifted = this.#add("AddV2", `${name}/shifted`, [x.name, three]);
    const clipped = this.#add("Relu6", `${name}/clipped`, [shifted.name]);
    return this.#add("Mul", `${name}/hardsigmoid`, [clipped.name, sixth]);
  }

  #pad(name: string, x: string, padding: number): string {
    if (padding === 0) return x;
    const sides = Int32Array.of(0, 0, padding, padding, padding, padding, 0, 0);
    const inputs = [
      this.#weight(`${name}/paddings`, [4, 2], sides),
      this.#weight(`${name}/least`, [], Float32Array.of(LEAST)),
    ];
    return this.#add("PadV2", `${name}/pad`, [x, ...inputs]).name;
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

  #add(op: string, name: string, input: string[], attr: GraphNode["attr"] = {}): GraphValue {
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return { name };
  }
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
