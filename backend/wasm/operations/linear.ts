/** Linear layers over many rows. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { ActivationCode } from "../generated_abi.ts";
import { packIntegers, suitsIntegers } from "./integers.ts";
import { packWeights } from "./pack.ts";
import { multiplyRows } from "./product.ts";

/** x·weight + bias: the product takes the bias along. */
export function linear(
  backend: WasmBackend,
  { x, weight, bias }: { x: tf.TensorInfo; weight: tf.TensorInfo; bias: tf.TensorInfo },
): tf.TensorInfo {
  backend.panelWidth.settle();
  const [K, N] = weight.shape;
  const rows = x.shape.reduce((product, size) => product * size, 1) / K;
  const source = backend.rowsOf(x), shift = backend.dataOf(bias).pointer;
  const columns = backend.dataOf(weight);
  const weights = suitsIntegers(backend, { K, N })
    ? packIntegers(backend, columns, { K, N })
    : packWeights(backend, columns, { taps: [0], K, N, transposed: false });
  const output = backend.allocateTensor([...x.shape.slice(0, -1), N]);
  const epilogue = {
    scale: backend.heap.filled(1, N),
    shift,
    residual: 0,
    lower: -Infinity,
    upper: Infinity,
    activation: ActivationCode.linear,
  };
  multiplyRows(
    backend,
    { kind: "rows", source, rows, K },
    weights,
    { block: output.data.block, columns: N },
    { withStatistics: false, epilogue },
  );
  backend.heap.release(weights.block);
  return output.info;
}
