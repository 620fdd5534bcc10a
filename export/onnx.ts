/** A model as an ONNX file. */
import { FLOAT } from "../weights/onnx_fields.ts";
import { metadataOf } from "../inference/description.ts";
import { familiarMetadata } from "../inference/familiar_metadata.ts";
import {
  architectureOf,
  classesOf,
  type ExportedModel,
  torchParameters,
} from "./exported_model.ts";
import { encodeModel } from "./onnx_schema.ts";
import { OnnxLayers, onnxTensor, type OnnxValue } from "./onnx_layers.ts";

/** ONNX 1.12 and onnxruntime 1.12 know it, and all later ones. */
export const OPSET = 17;
const IR_VERSION = 8;

/**
 * `images`, float32 [batch, 3, size, size], normalised, to `logits`, float32 [batch, classes]; any
 * batch. Initializers have torch's names and layout. Classes, preprocessing, temperature, and what
 * tells photos of none of the classes are in the metadata.
 */
export function onnxBytes(model: ExportedModel): Uint8Array {
  const { description } = model;
  const architecture = architectureOf(model);
  const classes = classesOf(description);
  const layers = new OnnxLayers();
  const { size } = description.preprocessing;
  const images = { name: "images", channels: 3, layout: "channels first", side: size } as const;
  const features = architecture.features<OnnxValue>(layers, images);
  const logits = architecture.classifier<OnnxValue>(layers, features, classes);
  layers.nodes.push({
    opType: "Identity",
    name: "logits",
    input: [logits.name],
    output: ["logits"],
    attribute: [],
  });
  const message = {
    irVersion: IR_VERSION,
    producerName: "graft",
    docString: `${description.architecture}: images to logits of ${classes} classes`,
    graph: {
      name: description.architecture,
      node: layers.nodes,
      initializer: [
        ...[...torchParameters(model)].map(([name, { shape, data }]) =>
          onnxTensor(name, shape, data as Float32Array)
        ),
      ],
      input: [valueInfo("images", ["batch", 3, size, size])],
      output: [valueInfo("logits", ["batch", classes])],
    },
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries({
      ...metadataOf(description),
      ...familiarMetadata(model.outOfDistribution),
    }).map(([key, value]) => ({ key, value })),
  };
  return encodeModel(message);
}

function valueInfo(name: string, sizes: (number | string)[]) {
  const dim = sizes.map((size) =>
    typeof size === "string" ? { dimParam: size } : { dimValue: size }
  );
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
