/** A model as an ONNX file. */
import { UINT8 } from "../weights/onnx_fields.ts";
import { foldedMetadata } from "../weights/folded_norms.ts";
import { metadataOf } from "../inference/description.ts";
import { familiarMetadata } from "../inference/familiar_metadata.ts";
import { classesOf, type ExportedModel } from "./exported_model.ts";
import { answers } from "./onnx_answers.ts";
import { OnnxGraph, valueInfo } from "./onnx_graph.ts";
import { type ActivationRanges, int8Network } from "./onnx_int8.ts";
import { float16Network, network, type OnnxNetwork } from "./onnx_network.ts";
import { imagesOfPhotos } from "./onnx_photos.ts";
import { encodeOnnx } from "./onnx_schema.ts";
import type { OnnxInput } from "./usage.ts";

export interface OnnxOptions {
  /** Tensors by default. */
  input?: OnnxInput;
  /** float32 by default; ranges of activations make the network one of int8. */
  precision?: "float32" | "float16" | ActivationRanges;
}

/**
 * Of tensors: `images`, float32 [batch, 3, size, size], normalised, to `logits`, float32 [batch,
 * classes]. Of photos: `photos`, uint8 [batch, height, width, channels] (red, green, blue; a fourth is
 * passed over), all of one size, whichever, to `probabilities` and `labels`, and `none_of_these` where
 * that can be told. Any batch.
 *
 * In float32 the initializers are the model's parameters, with torch's names and layout; otherwise
 * batch norms are folded. Classes, preprocessing, temperature, and what tells photos of none of the
 * classes are in the metadata.
 *
 * @throws {RangeError} where a parameter is beyond what float16 can be
 */
export function onnxBytes(
  model: ExportedModel,
  { input = "tensors", precision = "float32" }: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  const { description } = model;
  const classes = classesOf(description), { size } = description.preprocessing;
  const ofPhotos = input === "photos";
  const before = new OnnxGraph(), after = new OnnxGraph();
  const images = ofPhotos ? imagesOfPhotos(before, "photos", description.preprocessing) : "images";
  const { graph, initializers, folds, ...values } = networkOf(model, images, precision);
  if (!ofPhotos) after.output("logits", values.logits);
  const graphs = [before, graph, after];
  const output = ofPhotos
    ? answers(after, model, values)
    : [valueInfo("logits", ["batch", classes])];
  return encodeOnnx({
    docString: `${description.architecture}: ${ofPhotos ? "photos" : "images"} to ` +
      `${ofPhotos ? "probabilities" : "logits"} of ${classes} classes`,
    graph: {
      name: description.architecture,
      node: [
        ...graphs.flatMap(({ constants }) => constants),
        ...graphs.flatMap(({ nodes }) => nodes),
      ],
      initializer: initializers,
      input: [
        ofPhotos
          ? valueInfo("photos", ["batch", "height", "width", "channels"], UINT8)
          : valueInfo("images", ["batch", 3, size, size]),
      ],
      output,
    },
    metadata: {
      ...metadataOf(description),
      ...familiarMetadata(model.outOfDistribution),
      ...foldedMetadata(folds),
    },
  });
}

function networkOf(
  model: ExportedModel,
  images: string,
  precision: NonNullable<OnnxOptions["precision"]>,
): OnnxNetwork {
  if (precision === "float32") return network(model, images);
  if (precision === "float16") return float16Network(model, images);
  return int8Network(model, images, precision);
}
