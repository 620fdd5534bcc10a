/**
 * The safetensors format: a JSON header that describes tensors, then their bytes. It can hold nothing
 * that runs.
 *
 * Source: https://github.com/huggingface/safetensors (README, and safetensors/src/tensor.rs, whose
 * checks are made here too).
 */
import { nameUnwritten } from "../data/unwritable.ts";
import {
  damaged,
  LARGEST_HEADER,
  parseHeader,
  safetensorsParts,
  safetensorsTypes,
} from "./safetensors_header.ts";
import { elementsFrom, type HalfTensor, type Tensor } from "./tensor.ts";

/** Tensors are gathered up to so many bytes. */
const WRITTEN_AT_ONCE = 2 ** 22;

export interface SafetensorsFile {
  /** In the order of their bytes. */
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
}

/**
 * Reads a file, a tensor at a time. float16 and bfloat16 are widened to float32.
 *
 * Permissions: read for the file.
 *
 * @throws {WeightsError} where the header is damaged, tensors overlap or leave gaps, a size does not
 *   fit its shape, or the file is cut off
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const read = async (bytes: Uint8Array<ArrayBuffer>) => {
    for (let at = 0; at < bytes.length;) {
      const count = await file.read(bytes.subarray(at));
      if (count === null) throw damaged(path, `it ends after ${size} bytes, cut off`);
      at += count;
    }
    return bytes;
  };
  const length = Number(new DataView((await read(new Uint8Array(8))).buffer).getBigUint64(0, true));
  if (length > size - 8) throw damaged(path, "its header is too long");
  if (length > LARGEST_HEADER) {
    throw damaged(path, `its header has ${length} bytes, more than any file of weights needs`);
  }
  const { entries, metadata } = parseHeader(
    path,
    await read(new Uint8Array(length)),
    size - 8 - length,
  );
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of entries) {
    const bytes = await read(new Uint8Array(end - start));
    tensors.set(name, { shape, ...elementsFrom(bytes, safetensorsTypes[dtype]) });
  }
  return { tensors, metadata };
}

/**
 * Writes tensors to `path`, which appears only when it is whole; as `safetensorsParts`.
 *
 * Permissions: read and write in the folder.
 *
 * @throws {WeightsError} where a tensor's data does not have as many elements as its shape says
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor | HalfTensor>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const parts = safetensorsParts(tensors, metadata);
  const part = `${path}.part`;
  try {
    using file = await Deno.open(part, { write: true, create: true, truncate: true });
    for (const bytes of inLargerParts(parts)) {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    }
    await file.sync();
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw nameUnwritten(error, path);
  }
  await Deno.rename(part, path);
}

/**
 * The same bytes in few parts, each of which is taken before the next: each write waits for what
 * whoever asked for it does beside.
 */
function* inLargerParts(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  const buffer = new Uint8Array(WRITTEN_AT_ONCE);
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const piece = part.subarray(at, at + buffer.length - filled);
      buffer.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < buffer.length) continue;
      yield buffer;
      filled = 0;
    }
  }
  yield buffer.subarray(0, filled);
}
