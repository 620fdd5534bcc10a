export * from "./convert.ts";
export * from "./fetch_pretrained.ts";
export * from "./metadata.ts";
export * from "./read.ts";
export * from "./registry.ts";
export * from "./safetensors.ts";
export * from "./tensor.ts";
export * from "./torch_write.ts";
