/** What file `export` is asked for, where formats take different flags. */
import { UsageError } from "./cli/errors.ts";
import type { Format, OnnxInput, Precision } from "../export/usage.ts";

export interface ExportForm {
  format: Format;
  /** Of ONNX alone. */
  input?: OnnxInput;
  precision: Precision;
}

/** Formats that have other precisions than float32. */
const TAKES: Record<Exclude<Precision, "float32">, readonly Format[]> = {
  float16: ["onnx", "safetensors"],
  int8: ["onnx"],
};

/**
 * @param flags as they were said
 * @throws {UsageError} where a flag is not for that format
 */
export function exportForm(
  { format, input, precision }: { format: Format; input?: OnnxInput; precision: Precision },
): ExportForm {
  if (precision !== "float32" && !TAKES[precision].includes(format)) {
    throw new UsageError(
      `--precision ${precision} is for --format ${
        TAKES[precision].join(" and ")
      }, not for ${format}`,
    );
  }
  if (format === "onnx") return { format, input: input ?? "photos", precision };
  if (input !== undefined) throw new UsageError(`--input is for --format onnx, not for ${format}`);
  return { format, precision };
}

/** What the folder of such a file is called, where nobody says. */
export function folderName({ format, input, precision }: ExportForm): string {
  return [
    format,
    ...input === "tensors" ? [input] : [],
    ...precision === "float32" ? [] : [precision],
  ].join("_");
}
