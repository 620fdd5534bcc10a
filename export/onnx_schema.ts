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
export const OnnxModel: protobuf.Type = root.lookupType("ModelProto");

export interface OnnxTensor {
  dims: number[];
  dataType: number;
  name: string;
  rawData: Uint8Array;
}
