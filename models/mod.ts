export * from "./architecture.ts";
export * from "./convnext.ts";
export * from "./deit.ts";
export * from "./dinov2.ts";
export * from "./efficientnet.ts";
export * from "./efficientnet_lite.ts";
export * from "./layers.ts";
export * from "./logits.ts";
export {
  type Branch,
  BRANCHES,
  branchesIn,
  classCount,
  classNames,
  type FinetuneRecipe,
  FITS,
  MANIFEST_SCHEMA,
  type ModelManifest,
  modelManifest,
  type OfBranches,
  type ProbeRecipe,
  type Recipe,
  START,
  type StepLrRecipe,
} from "./manifest.ts";
export * from "./mobilenet_v2.ts";
export * from "./mobilenet_v3.ts";
export * from "./mobilenet_v4.ts";
export * from "./model.ts";
export * from "./parameter_specs.ts";
export * from "./registry.ts";
export * from "./regnet.ts";
export * from "./resnet.ts";
export * from "./swin.ts";
export * from "./tf_layers.ts";
export * from "./torchvision.ts";
export * from "./vit.ts";
export type { NamedTensor, ParameterSpec } from "../weights/parameter.ts";
