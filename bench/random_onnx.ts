import { onnxBytes } from "../export/onnx.ts";
import { findArchitecture } from "../models/registry.ts";
import { CLASSES, randomParameters } from "./model_work.ts";

/** What `export` would write of the network with random weights that is timed, as one ONNX file. */
export function randomOnnx(name: string, size: number): Uint8Array {
  const architecture = findArchitecture(name);
  return onnxBytes({
    description: {
      schema: 2,
      architecture: name,
      classes: Array.from({ length: CLASSES }, (_, i) => `class ${i}`),
      preprocessing: { ...architecture.preprocessing, size },
      pretrained: { origin: "random numbers", sha256: "", licence: "Apache-2.0" },
      temperature: 1,
    },
    parameters: randomParameters(architecture),
  });
}
