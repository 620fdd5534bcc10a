export * from "./architecture.ts";
export * from "./layers.ts";
export * from "./mobilenet_v2.ts";
export * from "./model.ts";
export * from "./parameter_specs.ts";
export * from "./registry.ts";
export * from "./resnet.ts";
export * from "./tf_layers.ts";
