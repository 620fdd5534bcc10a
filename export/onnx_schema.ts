/** ONNX's messages, written. */
import protobuf from "protobufjs/minimal.js";
import { ONNX_FIELDS } from "../weights/onnx_fields.ts";

export interface OnnxTensor {
  dims: number[];
  dataType: number;
  name: string;
  /** Little-endian elements of all types but strings. */
  rawData?: Uint8Array;
  stringData?: Uint8Array[];
}

type Message = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, readonly [id: number, type: string, rule?: "repeated"]>>;

/** How values are written: https://protobuf.dev/programming-guides/encoding/ */
const VARINT = 0, LENGTH_DELIMITED = 2, FIXED_32 = 5;
const WIRE: Readonly<Record<string, number>> = {
  int32: VARINT,
  int64: VARINT,
  float: FIXED_32,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
};

/** ONNX 1.12 and onnxruntime 1.12 know it, and all later ones. */
export const OPSET = 17;
const IR_VERSION = 8;

/**
 * A file of these parts, which are as `ONNX_FIELDS` has them. protobufjs's own encoder is a function
 * that it makes of source text, which a page with a content security policy may not do.
 */
export function encodeOnnx(
  { graph, docString, metadata = {} }: {
    graph: object;
    docString?: string;
    metadata?: Record<string, string>;
  },
): Uint8Array<ArrayBuffer> {
  const message = {
    irVersion: IR_VERSION,
    producerName: "graft",
    docString,
    graph,
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
  return encode("ModelProto", message, protobuf.Writer.create())
    .finish() as Uint8Array<ArrayBuffer>;
}

function encode(name: string, message: Message, writer: protobuf.Writer): protobuf.Writer {
  const fields: Fields = (ONNX_FIELDS as Record<string, Fields>)[name];
  const unknown = Object.keys(message).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) throw new Error(`${name} has no field ${unknown} that is written`);
  for (const [field, [id, type, rule]] of Object.entries(fields)) {
    const value = message[field];
    if (value === undefined) continue;
    const values = rule === "repeated" ? value as readonly unknown[] : [value];
    // Lists of numbers are packed: one length, then all of them.
    if (rule === "repeated" && (WIRE[type] ?? LENGTH_DELIMITED) !== LENGTH_DELIMITED) {
      if (values.length === 0) continue;
      writer.uint32(id << 3 | LENGTH_DELIMITED).fork();
      for (const one of values) writeScalar(writer, type, one);
      writer.ldelim();
      continue;
    }
    for (const one of values) {
      if (type in WIRE) {
        writer.uint32(id << 3 | WIRE[type]);
        writeScalar(writer, type, one);
      } else {
        encode(type, one as Message, writer.uint32(id << 3 | LENGTH_DELIMITED).fork()).ldelim();
      }
    }
  }
  return writer;
}

/** The writer's methods are called as the types are. */
function writeScalar(writer: protobuf.Writer, type: string, value: unknown): void {
  (writer as unknown as Record<string, (value: unknown) => void>)[type](value);
}
