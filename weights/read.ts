/** Reading a state dict from any of the formats, which are told apart by their content. */
import { ZipArchive } from "../data/download/zip_archive.ts";
import { EndOfBytes } from "./byte_reader.ts";
import { unknownKind, weightsKind } from "./file_kind.ts";
import { readOnnx } from "./onnx.ts";
import { PickleError } from "./pickle_machine.ts";
import { readSafetensors } from "./safetensors.ts";
import { stateDictViews, withoutPrefixes } from "./state_dict.ts";
import { type Tensor, WeightsError } from "./tensor.ts";
import type { TorchFile } from "./torch_file.ts";
import { openTorchLegacy } from "./torch_legacy.ts";
import { loadTensors } from "./torch_tensors.ts";
import { openTorchZip } from "./torch_zip.ts";

/**
 * The tensors of a `.pth`, `.pt` (zip or legacy), `.safetensors` or `.onnx` file by name, contiguous,
 * in the order of the file. `{"state_dict": …}` is unwrapped, `module.` before all names is dropped,
 * float16 and bfloat16 are widened to float32. No code in the file is run.
 *
 * Permissions: read for the file.
 *
 * @throws {WeightsError} where it is none of these, is damaged, or refers to anything but tensors
 *   and containers
 * @throws {ZipError} where the zip itself is damaged
 *
 * @example
 * ```ts
 * const stateDict = await readStateDict("resnet18-f37072fd.pth");
 * stateDict.get("conv1.weight")?.shape; // [64, 3, 7, 7]
 * ```
 */
export async function readStateDict(path: string): Promise<Map<string, Tensor>> {
  using file = await Deno.open(path);
  const head = new Uint8Array(16);
  const { size } = await file.stat();
  await file.read(head);
  switch (weightsKind(head)) {
    case "torch zip": {
      using archive = await ZipArchive.open(path);
      return await readTorch(path, size, () => openTorchZip(archive, size));
    }
    case "torch legacy":
      return await readTorch(path, size, () => openTorchLegacy(file));
    case "safetensors":
      return withoutPrefixes((await readSafetensors(path)).tensors);
    case "onnx":
      return (await readOnnx(path)).tensors;
  }
  throw unknownKind(path, head);
}

async function readTorch(path: string, size: number, open: () => Promise<TorchFile>) {
  try {
    const { value, load } = await open();
    return await loadTensors(stateDictViews(value), load, 8 * size + 2 ** 26);
  } catch (error) {
    if (error instanceof EndOfBytes || error instanceof PickleError) {
      throw new WeightsError(`${path}: ${error.message}`);
    }
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new WeightsError(`${path} is damaged (${error.message}): fetch it again`);
    }
    throw error;
  }
}
