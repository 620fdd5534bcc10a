/** Files of weights that make objects of bytes, or claim what they do not hold. */
import type { Bomb, BombMaker } from "./bomb_files.ts";
import { join } from "./mutate.ts";
import { field, onnxFile } from "./onnx_file.ts";
import { below, pick, type Random } from "./random.ts";
import { zipFile } from "./zip_file.ts";

const weights = (bytes: Uint8Array): Bomb => ({ reader: "weights", bytes });
const ascii = (text: string) => new TextEncoder().encode(text);

/** As a zip of torch.save or, alone, as one of the time before. */
const pickled = (random: Random, body: Uint8Array): Bomb => {
  const pickle = join(Uint8Array.of(0x80, 2), body);
  return weights(random() < 0.5 ? pickle : zipFile([{ name: "a/data.pkl", content: pickle }]));
};

/** `opcodes` again and again. */
const repeated = (opcodes: string | number[], times: number) => {
  const one = typeof opcodes === "string" ? ascii(opcodes) : Uint8Array.from(opcodes);
  const all = new Uint8Array(one.length * times);
  for (let i = 0; i < times; i++) all.set(one, i * one.length);
  return all;
};

/** A header of this text, and what follows. */
function safetensors(header: string, body = new Uint8Array()): Uint8Array {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(header.length), true);
  return join(new Uint8Array(length.buffer), ascii(header), body);
}

const EMPTY_SET = 0x8f;

export const weightsBombs: Record<string, BombMaker> = {
  "pickle of sets": (random) => pickled(random, repeated([EMPTY_SET], below(random, 1e6))),
  "pickle of marks": (random) => pickled(random, repeated("(", below(random, 1e6))),
  "pickle of dicts": (random) => pickled(random, repeated("}", below(random, 1e6))),
  "pickle that doubles": (random) =>
    pickled(random, join(ascii("]q\0"), repeated("(h\0h\0l0(h\0h\0tq\0", below(random, 1e5)))),
  "pickle of nested lists": (random) =>
    pickled(random, join(ascii("]"), repeated([0x85], below(random, 1e6)), ascii("."))),
  "pickle of memos": (random) => pickled(random, repeated([0x4e, 0x94], below(random, 1e6))),
  "pickle of a string said to be huge": (random) =>
    pickled(random, Uint8Array.of(0x58, 0xff, 0xff, pick(random, [0, 0xff]), 0x7f, 0x61)),
  "pickle of a number of many digits": (random) =>
    pickled(random, join(Uint8Array.of(0x8b, 0, 0, 16, 0), new Uint8Array(1 << 20).fill(0x7f))),
  "tensors that share a storage": (random) => {
    const shape = Uint8Array.of(0x4a, 0xff, 0xff, 0xff, 0x3f); // 1,073,741,823
    const one = join(
      ascii("ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n"),
      ascii("X\x01\0\0\0"),
      ascii("0X\x03\0\0\0cpuK\x01tQK\0"),
      shape,
      Uint8Array.of(0x85, 0x4b, 0, 0x85, 0x89),
      ascii("}tR"),
    );
    const entries = Array.from(
      { length: 1 + below(random, 5000) },
      (_, i) => join(ascii("X\x04\0\0\0"), ascii(`${1000 + i}`), one),
    );
    const pickle = join(Uint8Array.of(0x80, 2), ascii("}("), ...entries, ascii("u."));
    return weights(zipFile([
      { name: "a/data.pkl", content: pickle },
      { name: "a/data/0", content: new Uint8Array(4) },
    ]));
  },
  "pickle.pkl that unpacks to much": (random) =>
    weights(zipFile([{ name: "a/data.pkl", content: new Uint8Array(below(random, 2.5e8)) }])),
  "ONNX of nested groups": (random) => {
    let graph = new Uint8Array();
    for (let depth = below(random, 2000); depth > 0; depth--) graph = field(6, graph);
    return weights(onnxFile(graph));
  },
  "ONNX of many empty tensors": (random) =>
    weights(onnxFile(repeated([0x2a, 0], below(random, 1e6)))),
  "ONNX of many dimensions": (random) =>
    weights(onnxFile(field(5, field(1, repeated([0x7f], below(random, 1e6)))))),
  "ONNX of groups in unknown fields": (random) =>
    weights(join(onnxFile(), repeated([0xfb, 0x07], below(random, 1e6)))),
  "safetensors of deep JSON": (random) =>
    weights(safetensors(`{"a":${"[".repeat(below(random, 1e6))}`)),
  "safetensors of many entries": (random) => {
    const entries = Array.from(
      { length: below(random, 50_000) },
      (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
    );
    return weights(safetensors(`{${entries}}`));
  },
  "safetensors of a header said to be huge": (random) => {
    const file = safetensors("{}");
    new DataView(file.buffer).setBigUint64(0, 2n ** BigInt(below(random, 64)), true);
    return weights(file);
  },
  "safetensors of a shape beyond numbers": (random) => {
    const shape = Array.from({ length: 1 + below(random, 1e5) }, () => pick(random, [0, 1e9]));
    return weights(
      safetensors(`{"a":{"dtype":"F32","shape":[${shape}],"data_offsets":[0,0]}}`),
    );
  },
};
