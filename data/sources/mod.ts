export * from "./materialize.ts";
export * from "./needs.ts";
export * from "./source_info.ts";
export * from "./spec.ts";
