/** Gelu and its gradient, value by value. */
import type * as tf from "@tensorflow/tfjs";
import type { GeluForm } from "../../ops/gelu.ts";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";

const PER_CHUNK = 8192;

export function gelu(
  backend: WasmBackend,
  { x }: { x: tf.TensorInfo },
  { form }: { form: GeluForm },
): tf.TensorInfo {
  const input = backend.dataOf(x).pointer, output = backend.allocateTensor(x.shape);
  const { size } = output.data;
  backend.pool.run(Kernel.gelu, Math.ceil(size / PER_CHUNK), 0, {
    x: input,
    out: output.data.pointer,
    count: size,
    countPerChunk: PER_CHUNK,
    byTanh: form === "tanh" ? 1 : 0,
  });
  return output.info;
}

export function geluGradient(
  backend: WasmBackend,
  { dy, x }: Record<"dy" | "x", tf.TensorInfo>,
  { form }: { form: GeluForm },
): tf.TensorInfo {
  const [gradient, input] = [dy, x].map((tensor) => backend.dataOf(tensor).pointer);
  const output = backend.allocateTensor(x.shape);
  const { size } = output.data;
  backend.pool.run(Kernel.geluGradient, Math.ceil(size / PER_CHUNK), 0, {
    x: input,
    dy: gradient,
    dx: output.data.pointer,
    count: size,
    countPerChunk: PER_CHUNK,
    byTanh: form === "tanh" ? 1 : 0,
  });
  return output.info;
}
