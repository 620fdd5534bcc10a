/**
 * Transfer learning for images on tfjs: PyTorch-exact data and training, kernels that make tfjs fit
 * to train, and a small orchestrator with cached steps.
 *
 * @module
 */
export * from "./data/mod.ts";
export * from "./models/mod.ts";
export * from "./training/mod.ts";
export * from "./weights/mod.ts";
