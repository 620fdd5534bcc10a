/** ONNX's messages, to be written. */
import protobuf from "protobufjs/light.js";
import { ONNX_FIELDS } from "../weights/onnx_fields.ts";

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(ONNX_FIELDS).map(([message, fields]) => [message, {
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, [id, type, rule]]) => [name, { id, type, rule }]),
      ),
    }]),
  ),
});

/** The message that a `.onnx` file is. */
const OnnxModel: protobuf.Type = root.lookupType("ModelProto");

/** ONNX 1.12 and onnxruntime 1.12 know it, and all later ones. */
export const OPSET = 17;
const IR_VERSION = 8;

/** A file of these parts, which are as `ONNX_FIELDS` has them. */
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
  return OnnxModel.encode(message, protobuf.Writer.create()).finish() as Uint8Array<ArrayBuffer>;
}

export interface OnnxTensor {
  dims: number[];
  dataType: number;
  name: string;
  /** Little-endian elements of all types but strings. */
  rawData?: Uint8Array;
  stringData?: Uint8Array[];
}
