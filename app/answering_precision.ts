/** What a model that is asked computes with. */
import type { Precision } from "../backend/precision.ts";
import { UsageError } from "./cli/errors.ts";

/** @throws {UsageError} where it is one that what computes does not have */
export function checkPrecision(precision: Precision, backend: "webgpu" | "wasm"): void {
  if (precision === "float32" || backend === "wasm") return;
  throw new UsageError(
    `--precision ${precision} is computed by processors, and a graphics card would answer: add ` +
      "--backend wasm, or leave --precision out",
  );
}

/** Of a model that answers, beside its name. */
export function computedWith(precision: Precision): string {
  return precision === "float32" ? "" : `; computed with ${precision}`;
}
