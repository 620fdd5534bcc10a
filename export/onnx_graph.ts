/** An ONNX graph as it grows: nodes in the order in which they run, and constants. */
import {
  DOUBLE,
  FLOAT,
  FLOAT16,
  INT32,
  INT64,
  INT8,
  STRING,
  UINT8,
} from "../weights/onnx_fields.ts";
import type { OnnxTensor } from "./onnx_schema.ts";

export interface OnnxNode {
  opType: string;
  name: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

/** ONNX's kinds of attribute: FLOAT, INT, STRING, TENSOR, GRAPH and INTS. */
type OnnxAttribute =
  & { name: string }
  & (
    | { type: 1; f: number }
    | { type: 2; i: number }
    | { type: 3; s: Uint8Array }
    | { type: 4; t: OnnxTensor }
    | { type: 5; g: OnnxBranch }
    | { type: 7; ints: number[] }
  );

/** What an `If` runs: nodes that may read all that was computed before it, and what they give. */
interface OnnxBranch {
  name: string;
  node: OnnxNode[];
  output: OnnxValueInfo[];
}

/** A name of what goes in or comes out, with its type. */
interface OnnxValueInfo {
  name: string;
  type: { tensorType: { elemType: number; shape?: { dim: object[] } } };
}

/** A list becomes INTS, a string STRING, a whole number INT, any other FLOAT. */
export type Attributes = Record<string, number | number[] | string | OnnxBranch>;

/** What a tensor's elements are held in; each kind is one of ONNX's types. */
export type OnnxData =
  | Float32Array
  | Float16Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int8Array
  | Uint8Array;

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  /** They stand before all nodes, so that branches read them, too. */
  readonly constants: OnnxNode[] = [];
  readonly #names = new Set<string>();

  /** Adds a node, and gives the name of its output. */
  add(
    opType: string,
    name: string,
    input: string[],
    attributes: Attributes = {},
    output: string = `${name}.out`,
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.nodes.push({ opType, name, input, output: [output], attribute });
    return output;
  }

  /** What is no parameter, as a node: initializers are parameters alone. Added once under a name. */
  constant(name: string, dims: number[], data: OnnxData | readonly string[]): string {
    if (this.#names.has(name)) return name;
    this.#names.add(name);
    const attribute = [{ name: "value", type: 4, t: onnxTensor(name, dims, data) } as const];
    this.constants.push({ opType: "Constant", name, input: [], output: [name], attribute });
    return name;
  }

  /** Gives a value the name by which the graph's users ask for it. */
  output(name: string, value: string): void {
    this.add("Identity", name, [value], {}, name);
  }

  /** What nodes that `add` adds meanwhile are a branch of; they may read what is there already. */
  branch(name: string, add: () => string): OnnxBranch {
    const start = this.nodes.length;
    const output = add();
    return {
      name,
      node: this.nodes.splice(start),
      output: [{ name: output, type: { tensorType: { elemType: FLOAT } } }],
    };
  }
}

/** @param sizes of which a name stands for any */
export function valueInfo(
  name: string,
  sizes: readonly (number | string)[],
  elemType = FLOAT,
): OnnxValueInfo {
  const dim = sizes.map((size) =>
    typeof size === "string" ? { dimParam: size } : { dimValue: size }
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export function onnxTensor(
  name: string,
  dims: readonly number[],
  data: OnnxData | readonly string[],
): OnnxTensor {
  if (!ArrayBuffer.isView(data)) {
    const encoder = new TextEncoder();
    const stringData = data.map((text) => encoder.encode(text));
    return { name, dims: [...dims], dataType: STRING, stringData };
  }
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...dims], dataType: typeOf(data), rawData };
}

function typeOf(data: OnnxData): number {
  if (data instanceof Float32Array) return FLOAT;
  if (data instanceof Float16Array) return FLOAT16;
  if (data instanceof Float64Array) return DOUBLE;
  if (data instanceof BigInt64Array) return INT64;
  if (data instanceof Int32Array) return INT32;
  return data instanceof Int8Array ? INT8 : UINT8;
}

function attributeOf(name: string, value: Attributes[string]): OnnxAttribute {
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  if (typeof value === "object") return { name, type: 5, g: value };
  return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value };
}
