/** Nodes of a TensorFlow.js graph model, one after the other. */
import type { Activation } from "../models/layers.ts";

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

/** What a node gives. */
export interface GraphTensor {
  name: string;
  /** [batch, height, width, channels], [batch, tokens, channels] or [batch, channels]; -1 is the batch. */
  shape: number[];
}

const FLOAT = { type: "DT_FLOAT" };

/** Attributes of nodes. */
export const word = (text: string) => ({ s: btoa(text) });
export const integers = (values: number[]) => ({ list: { i: values.map(String) } });

export class TfjsGraph {
  readonly nodes: GraphNode[] = [];
  readonly weights = new Map<string, GraphWeight>();
  /** Of nodes that compute: tfjs would take the last of several for all. */
  readonly #names = new Set<string>();

  /** Adds a weight and the node that stands for it; gives its name. */
  weight(name: string, shape: number[], values: ArrayLike<number>): string {
    const isInteger = values instanceof Int32Array;
    const data = isInteger ? values : Float32Array.from(values);
    this.weights.set(name, { shape, data });
    const dtype = isInteger ? "DT_INT32" : "DT_FLOAT";
    const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) };
    const attr = { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape } } };
    this.nodes.push({ name, op: "Const", attr });
    return name;
  }

  add(
    op: string,
    name: string,
    input: string[],
    shape: number[],
    attr: GraphNode["attr"] = {},
  ): GraphTensor {
    if (this.#names.has(name)) throw new Error(`two nodes of the graph are called ${name}`);
    this.#names.add(name);
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return { name, shape };
  }

  reshape(name: string, x: GraphTensor, shape: number[]): GraphTensor {
    const target = this.weight(`${name}/shape`, [shape.length], Int32Array.from(shape));
    return this.add("Reshape", name, [x.name, target], shape);
  }

  /** `count` values from `start` on along one dimension; all that are left without it. */
  slice(name: string, x: GraphTensor, axis: number, start: number, count?: number): GraphTensor {
    const begin = Int32Array.from(x.shape, (_, i) => i === axis ? start : 0);
    const size = Int32Array.from(x.shape, (_, i) => i === axis ? count ?? -1 : -1);
    const shape = x.shape.map((sizeNow, i) => i === axis ? count ?? sizeNow - start : sizeNow);
    const inputs = [
      x.name,
      this.weight(`${name}/begin`, [begin.length], begin),
      this.weight(`${name}/size`, [size.length], size),
    ];
    return this.add("Slice", name, inputs, shape, { Index: { type: "DT_INT32" } });
  }

  /** What lies `by` pixels behind in both directions of [batch, height, width, channels] comes first. */
  roll(name: string, x: GraphTensor, by: number): GraphTensor {
    if (by === 0) return x;
    for (const axis of [1, 2]) {
      const parts = [
        this.slice(`${name}/rest${axis}`, x, axis, by),
        this.slice(`${name}/first${axis}`, x, axis, 0, by),
      ];
      x = this.concat(`${name}/${axis}`, parts, axis, x.shape);
    }
    return x;
  }

  concat(name: string, parts: GraphTensor[], along: number, shape: number[]): GraphTensor {
    const axis = this.weight(`${name}/axis`, [], Int32Array.of(along));
    const inputs = [...parts.map((part) => part.name), axis];
    return this.add("ConcatV2", name, inputs, shape, { N: { i: String(parts.length) } });
  }

  /** The two in the middle of four dimensions change places, or as `to` says. */
  turn(name: string, x: GraphTensor, shape: number[], to = [0, 2, 1, 3]): GraphTensor {
    const order = this.weight(`${name}/order`, [to.length], Int32Array.from(to));
    return this.add("Transpose", name, [x.name, order], shape);
  }

  multiply(name: string, a: GraphTensor, b: GraphTensor, shape: number[], transposed: boolean) {
    return this.add("BatchMatMulV2", name, [a.name, b.name], shape, {
      adj_x: { b: false },
      adj_y: { b: transposed },
    });
  }

  activate(name: string, x: GraphTensor, activation: Activation): GraphTensor {
    switch (activation) {
      case "linear":
        return x;
      case "relu":
        return this.add("Relu", `${name}/relu`, [x.name], x.shape);
      case "relu6":
        return this.add("Relu6", `${name}/relu6`, [x.name], x.shape);
      case "sigmoid":
        return this.add("Sigmoid", `${name}/sigmoid`, [x.name], x.shape);
      case "silu": {
        const gate = this.add("Sigmoid", `${name}/sigmoid`, [x.name], x.shape);
        return this.add("Mul", `${name}/silu`, [x.name, gate.name], x.shape);
      }
      case "hardSigmoid":
        return this.#hardSigmoid(name, x);
      case "hardSwish": {
        const gate = this.#hardSigmoid(name, x);
        return this.add("Mul", `${name}/hardswish`, [x.name, gate.name], x.shape);
      }
    }
  }

  /** relu6(x + 3) / 6: TensorFlow has no operation of it. */
  #hardSigmoid(name: string, x: GraphTensor): GraphTensor {
    const three = this.weight(`${name}/three`, [], Float32Array.of(3));
    const sixth = this.weight(`${name}/sixth`, [], Float32Array.of(1 / 6));
    const shifted = this.add("AddV2", `${name}/shifted`, [x.name, three], x.shape);
    const clipped = this.add("Relu6", `${name}/clipped`, [shifted.name], x.shape);
    return this.add("Mul", `${name}/hardsigmoid`, [clipped.name, sixth], x.shape);
  }
}
