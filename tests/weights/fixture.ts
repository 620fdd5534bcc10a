import { fileURLToPath } from "node:url";
import type { Tensor } from "../../weights/tensor.ts";

/** Path of a file in tests/fixtures/weights: PyTorch wrote them, manifest.json explains them. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/weights/${name}`, import.meta.url));
}

/** A tensor that deepEqual compares by value, with NaN equal to NaN and 0 different from -0. */
export function plain({ dtype, shape, data }: Tensor) {
  return { dtype, shape, data: Array.from(data as Iterable<number | bigint>) };
}
