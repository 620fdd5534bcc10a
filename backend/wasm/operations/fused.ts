/** FusedConv2D, FusedDepthwiseConv2D and _FusedMatMul: the product, then bias and activation. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { binary, BINARY_OPERATIONS } from "./binary.ts";
import { clamp } from "./clamp.ts";

/** Upper bounds of the activations that are ours; linear has no clamp at all. */
const BOUNDS: Record<string, number | undefined> = { relu: Infinity, relu6: 6, linear: undefined };

export function isOurActivation(activation: string): boolean {
  return activation in BOUNDS;
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
    result = binary(backend, BINARY_OPERATIONS.Add, product, bias)!;
    backend.disposeIntermediateTensorInfo(product);
  }
  const bound = BOUNDS[activation];
  if (bound === undefined) return result;
  const clamped = clamp(backend, result, bound);
  backend.disposeIntermediateTensorInfo(result);
  return clamped;
}
