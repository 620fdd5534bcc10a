/** A small ONNX file, written byte by byte: https://protobuf.dev/programming-guides/encoding */
import { join } from "./mutate.ts";

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [value & 0x7f | 0x80, ...varint(Math.floor(value / 128))];

const number = (field: number, value: number) => Uint8Array.from([field << 3, ...varint(value)]);

/** A field of bytes, text or a message. */
export function field(number: number, content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return join(Uint8Array.from([...varint(number << 3 | 2), ...varint(bytes.length)]), bytes);
}

/** A ModelProto of onnx.proto: a version, a graph of one initializer, metadata. */
export function onnxFile(graph: Uint8Array = initializer()): Uint8Array<ArrayBuffer> {
  return join(
    number(1, 8),
    field(7, graph),
    field(14, join(field(1, "graft"), field(2, "{}"))),
  );
}

/** TensorProto "weight", float32 [2, 3], as a GraphProto's field. */
function initializer(): Uint8Array {
  const values = new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6]).buffer);
  return field(
    5,
    join(number(1, 2), number(1, 3), number(2, 1), field(8, "weight"), field(9, values)),
  );
}
