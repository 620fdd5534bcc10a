import { WeightsError } from "./tensor.ts";

/** The formats of weights, told apart by how a file begins. */
export type WeightsKind = "torch zip" | "torch legacy" | "safetensors" | "onnx";

/** @param head the first bytes, 9 at least */
export function weightsKind(head: Uint8Array): WeightsKind | undefined {
  if (head[0] === 0x50 && head[1] === 0x4b) return "torch zip";
  if (head[0] === 0x80) return "torch legacy";
  if (head[8] === 0x7b) return "safetensors"; // the brace that opens its header
  if (head[0] === 0x08 && head[1] > 0 && head[1] < 0x80) return "onnx"; // its ir_version comes first
}

/** What to say of a file that is of no kind. */
export function unknownKind(path: string, head: Uint8Array): WeightsError {
  return new WeightsError(
    `${path} is no file of weights: known are PyTorch's .pth and .pt, .safetensors and .onnx` +
      (head[0] === 0x3c ? ". It looks like a web page: fetch the file itself" : ""),
  );
}
