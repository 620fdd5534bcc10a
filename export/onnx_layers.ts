/** An architecture read as ONNX operators. */
import { BATCH_NORM_EPSILON } from "../backend/ops/batch_norm.ts";
import type {
  Activation,
  BatchNorm,
  Convolution,
  Layers,
  SqueezeExcitation,
} from "../models/layers.ts";

/** A value of the graph, [batch, channels, height, width] or [batch, channels]. */
export interface OnnxValue {
  name: string;
  channels: number;
}

export interface OnnxNode {
  opType: string;
  name: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

/** ONNX's kinds of attribute: FLOAT, INT, STRING and INTS. */
type OnnxAttribute =
  & { name: string }
  & (
    | { type: 1; f: number }
    | { type: 2; i: number }
    | { type: 3; s: Uint8Array }
    | { type: 7; ints: number[] }
  );

/** A list becomes INTS, a string STRING, a whole number INT, any other FLOAT. */
type Attributes = Record<string, number | number[] | string>;

/** Between which a relu6 clips: initializers that the graph must bring. */
export const RELU6_LIMITS = { "relu6.min": 0, "relu6.max": 6 };

/** Operators of opset 17; parameters keep torch's names and layout. */
export class OnnxLayers implements Layers<OnnxValue> {
  readonly nodes: OnnxNode[] = [];

  conv2d(name: string, x: OnnxValue, convolution: Convolution): OnnxValue {
    return this.#convolve(name, x, convolution, 1);
  }

  depthwiseConv2d(
    name: string,
    x: OnnxValue,
    convolution: Omit<Convolution, "filters">,
  ): OnnxValue {
    return this.#convolve(name, x, { ...convolution, filters: x.channels }, x.channels);
  }

  batchNorm(
    name: string,
    x: OnnxValue,
    { activation = "linear", residual, epsilon = BATCH_NORM_EPSILON }: BatchNorm<OnnxValue> = {},
  ): OnnxValue {
    const parameters = ["weight", "bias", "running_mean", "running_var"].map((p) => `${name}.${p}`);
    let y = this.#add("BatchNormalization", name, [x.name, ...parameters], x.channels, {
      epsilon,
    });
    if (residual) y = this.#add("Add", `${name}.add`, [y.name, residual.name], x.channels);
    return this.#activate(name, y, activation);
  }

  activate(x: OnnxValue, activation: Activation): OnnxValue {
    return this.#activate(x.name, x, activation);
  }

  squeezeExcitation(
    x: OnnxValue,
    { reduce, expand, squeezed, activation, gate }: SqueezeExcitation,
  ): OnnxValue {
    let y = this.#add("GlobalAveragePool", `${x.name}.mean`, [x.name], x.channels);
    y = this.#activate(reduce, this.#pointwise(reduce, y, squeezed), activation);
    y = this.#activate(expand, this.#pointwise(expand, y, x.channels), gate);
    return this.#add("Mul", `${x.name}.scaled`, [x.name, y.name], x.channels);
  }

  shortcut(branch: OnnxValue, x: OnnxValue): OnnxValue {
    return this.#add("Add", `${branch.name}.add`, [branch.name, x.name], x.channels);
  }

  maxPool(
    x: OnnxValue,
    { size, stride, padding }: { size: number; stride: number; padding: number },
  ): OnnxValue {
    return this.#add("MaxPool", `${x.name}.pool`, [x.name], x.channels, {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  }

  globalAveragePool(x: OnnxValue): OnnxValue {
    const mean = this.#add("GlobalAveragePool", `${x.name}.mean`, [x.name], x.channels);
    return this.#add("Flatten", `${x.name}.features`, [mean.name], x.channels, { axis: 1 });
  }

  dropout = (x: OnnxValue) => x;
  scope = (part: () => OnnxValue) => part();

  linear(name: string, x: OnnxValue, outFeatures: number): OnnxValue {
    const inputs = [x.name, `${name}.weight`, `${name}.bias`];
    return this.#add("Gemm", name, inputs, outFeatures, { transB: 1 });
  }

  /** A 1×1 convolution with bias. */
  #pointwise(name: string, x: OnnxValue, filters: number): OnnxValue {
    const inputs = [x.name, `${name}.weight`, `${name}.bias`];
    return this.#add("Conv", name, inputs, filters, { kernel_shape: [1, 1] });
  }

  #activate(name: string, x: OnnxValue, activation: Activation): OnnxValue {
    const { channels } = x;
    switch (activation) {
      case "linear":
        return x;
      case "relu":
        return this.#add("Relu", `${name}.relu`, [x.name], channels);
      case "relu6": {
        const limits = Object.keys(RELU6_LIMITS);
        return this.#add("Clip", `${name}.relu6`, [x.name, ...limits], channels);
      }
      case "hardSwish":
        return this.#add("HardSwish", `${name}.hardswish`, [x.name], channels);
      case "hardSigmoid":
        // ONNX's own slope is 0.2.
        return this.#add("HardSigmoid", `${name}.hardsigmoid`, [x.name], channels, {
          alpha: 1 / 6,
          beta: 0.5,
        });
      case "sigmoid":
        return this.#add("Sigmoid", `${name}.sigmoid`, [x.name], channels);
      case "silu": {
        const gate = this.#add("Sigmoid", `${name}.sigmoid`, [x.name], channels);
        return this.#add("Mul", `${name}.silu`, [x.name, gate.name], channels);
      }
    }
  }

  #convolve(
    name: string,
    x: OnnxValue,
    { kernel, stride = 1, padding = 0, filters }: Convolution,
    group: number,
  ): OnnxValue {
    return this.#add("Conv", name, [x.name, `${name}.weight`], filters, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      group,
      ...(padding === "same"
        ? { auto_pad: "SAME_UPPER" }
        : { pads: [padding, padding, padding, padding] }),
    });
  }

  /** Adds a node and gives its output. */
  #add(
    opType: string,
    name: string,
    input: string[],
    channels: number,
    attributes: Attributes = {},
  ): OnnxValue {
    const output = `${name}.out`;
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.nodes.push({ opType, name, input, output: [output], attribute });
    return { name: output, channels };
  }
}

function attributeOf(name: string, value: Attributes[string]): OnnxAttribute {
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value };
}
