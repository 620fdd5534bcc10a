import { fileURLToPath } from "node:url";
import { fixturePath } from "../../bench/certify/fixtures.ts";
import type { Tensor } from "../../weights/tensor.ts";

/** Path of a file that PyTorch wrote; `manifest.json` among them explains the others. */
export function fixture(name: string): string {
  return fixturePath(`weights/${name}`);
}

/** Path of the pickle of the official resnet18-f37072fd.pth, without its storages. */
export const OFFICIAL_PICKLE = fileURLToPath(
  new URL("../fixtures/weights/resnet18-f37072fd.data.pkl", import.meta.url),
);

/** A tensor that deepEqual compares by value, with NaN equal to NaN and 0 different from -0. */
export function plain({ dtype, shape, data }: Tensor) {
  return { dtype, shape, data: Array.from(data as Iterable<number | bigint>) };
}
