import type { StorageReference } from "./torch_globals.ts";

/** No description of tensors is as long. */
export const LARGEST_PICKLE = 256 << 20;

/** A PyTorch file, opened: what was saved, with storages that are read when they are needed. */
export interface TorchFile {
  /** Containers, numbers, strings, and a `TensorView` for each tensor. */
  value: unknown;
  /** A storage's elements as little-endian bytes, in memory of their own. */
  load(storage: StorageReference): Promise<Uint8Array<ArrayBuffer>>;
}

/** Reverses the bytes of each element in place. */
export function swapBytes<T extends Uint8Array>(bytes: T, bytesPerElement: number): T {
  for (let at = 0; at < bytes.length; at += bytesPerElement) {
    bytes.subarray(at, at + bytesPerElement).reverse();
  }
  return bytes;
}
