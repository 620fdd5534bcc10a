/**
 * FusedConv2D, FusedDepthwiseConv2D and _FusedMatMul: the product, then bias and activation, which a
 * convolution takes over.
 */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { ActivationCode, BinaryOperation } from "../generated_abi.ts";
import { binary } from "./binary.ts";
import { clamp } from "./clamp.ts";

export function isOurActivation(activation: string): boolean {
  return activation === "linear" || activation === "relu" || activation === "relu6";
}

/** activation(product + bias); takes over `product`. */
export function addBiasAndActivate(
  backend: WasmBackend,
  product: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  activation: string,
): tf.TensorInfo {
  let result = product;
  if (bias) {
    // A vector of channels, or a scalar, always broadcasts in a way that ours covers.
    result = binary(backend, BinaryOperation.add, product, bias)!;
    backend.disposeIntermediateTensorInfo(product);
  }
  if (activation === "linear") return result;
  const clamped = clamp(backend, result, ActivationCode[activation as "relu" | "relu6"]);
  backend.disposeIntermediateTensorInfo(result);
  return clamped;
}
