/** What every exporter is given. */
import type { Architecture } from "../models/architecture.ts";
import type { Postprocessing } from "../inference/postprocessing.ts";
import { classNames, type ModelManifest } from "../models/manifest.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { toTorchLayout } from "../weights/convert.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { Tensor } from "../weights/tensor.ts";
import type { ModelDescription } from "../inference/description.ts";

export interface ExportedModel {
  description: ModelDescription;
  /** In tfjs layout, under torch's names. */
  parameters: ReadonlyMap<string, NamedTensor>;
  /** What tells photos of none of the classes, where that is known. */
  outOfDistribution?: Postprocessing["outOfDistribution"];
  /** The description's one, unless it is not registered. */
  architecture?: Architecture;
}

export function architectureOf({ architecture, description }: ExportedModel): Architecture {
  return architecture ?? findArchitecture(description.architecture);
}

export function classesOf(manifest: ModelManifest): number {
  return classNames(manifest).length;
}

/** The parameters as torchvision's `load_state_dict` takes them. */
export function torchParameters(model: ExportedModel): Map<string, Tensor> {
  const specs = parameterSpecs(architectureOf(model), classesOf(model.description));
  return toTorchLayout(model.parameters, specs);
}
