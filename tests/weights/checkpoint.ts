/** Files as `torch.save` leaves them, of any object: what training loops keep beside weights. */
import { makeZip } from "../data/download/make_zip.ts";

/** `module.name(...args)`, or without `args` the global itself. */
export class Python {
  constructor(readonly path: string, readonly args?: unknown[]) {}
}

/** A float32 tensor. */
export class TorchTensor {
  constructor(readonly shape: number[], readonly data: number[], readonly type = "FloatStorage") {}
}

/** The weights of the one layer that most files here hold. */
export const FC = {
  "fc.weight": new TorchTensor([2, 3], [0, 1, 2, 3, 4, 5]),
  "fc.bias": new TorchTensor([2], [0.5, -0.5]),
};

/** Objects become dicts, arrays tuples; a Map a dict with keys of any kind. */
export function checkpoint(value: unknown): Uint8Array<ArrayBuffer> {
  const storages: number[][] = [];
  const data = pickle(value, storages);
  return makeZip([
    { name: "a/data.pkl", content: data },
    { name: "a/byteorder", content: "little" },
    ...storages.map((numbers, key) => ({
      name: `a/data/${key}`,
      content: new Uint8Array(Float32Array.from(numbers).buffer),
    })),
  ]);
}

/** A zip of torch's with this pickle, deflated as no honest tool does it. */
export function zipOf(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return makeZip([{ name: "a/data.pkl", content: data, deflate: true }]);
}

/** Latin-1 text as bytes: opcodes are letters. */
export const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Protocol 2, without a memo. */
function pickle(value: unknown, storages: number[][]): Uint8Array {
  const uint32 = (n: number) =>
    String.fromCharCode(n & 255, n >> 8 & 255, n >> 16 & 255, n >>> 24 & 255);
  const encode = (value: unknown): string => {
    if (value === null) return "N";
    if (typeof value === "number") {
      if (Number.isInteger(value)) return `J${uint32(value)}`;
      const bytes = new DataView(new ArrayBuffer(8));
      bytes.setFloat64(0, value);
      return `G${String.fromCharCode(...new Uint8Array(bytes.buffer))}`;
    }
    if (typeof value === "string") return `X${uint32(value.length)}${value}`;
    if (Array.isArray(value)) return `(${value.map(encode).join("")}t`;
    if (value instanceof Python) {
      const dot = value.path.lastIndexOf(".");
      const global = `c${value.path.slice(0, dot)}\n${value.path.slice(dot + 1)}\n`;
      return value.args ? `${global}${encode(value.args)}R` : global;
    }
    if (value instanceof TorchTensor) {
      const { shape, data, type } = value;
      const key = String(storages.push(data) - 1);
      const storage = encode(["storage", new Python(`torch.${type}`), key, "cpu", data.length]);
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}Q${encode(0)}${encode(shape)}` +
        `${encode(strides)}\x89NtR`;
    }
    const entries = value instanceof Map ? [...value] : Object.entries(value as object);
    return `}(${entries.flat().map(encode).join("")}u`;
  };
  return latin1(`\x80\x02${encode(value)}.`);
}
