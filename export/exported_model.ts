/** What every exporter is given. */
import {
  type Architecture,
  classNames,
  findArchitecture,
  type ModelManifest,
  type NamedTensor,
  parameterSpecs,
} from "../models/mod.ts";
import { type Tensor, toTorchLayout } from "../weights/mod.ts";
import type { ModelDescription } from "./description.ts";

export interface ExportedModel {
  description: ModelDescription;
  /** In tfjs layout, under torch's names. */
  parameters: ReadonlyMap<string, NamedTensor>;
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
