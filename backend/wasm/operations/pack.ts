/** Weights rearranged into the panels that the matrix kernels read. */
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import type { TensorData } from "../tensor_data.ts";

interface PackLayout {
  /** Which blocks of the weights, in order: the filter's taps. */
  taps: number[];
  /** Rows a tap. */
  K: number;
  /** Columns. */
  N: number;
  /** Whether the weights lie as [tap][column][row]. */
  transposed: boolean;
}

/** Weights in panels, and whether these are wide ones. */
export interface PackedWeights {
  block: Block;
  wide: 0 | 1;
  /** Of 16 bits, as integers.ts packs them. */
  integers?: true;
}

/** The caller releases the block. */
export function packWeights(
  backend: WasmBackend,
  weights: TensorData,
  layout: PackLayout,
): PackedWeights {
  return keepPacked(
    backend,
    weights,
    nameOf(layout),
    () => packBlock(backend, weights.block, layout),
  );
}

/** By which such weights, where they stay packed, are found. */
export function packedLayout({ wide }: WasmBackend, layout: PackLayout): string {
  return `${nameOf(layout)} ${wide}`;
}

function nameOf({ taps, K, N, transposed }: PackLayout): string {
  return `${transposed ? "transposed" : "plain"} ${K} ${N} ${taps}`;
}

/** The caller releases the block. */
export function packBlock(
  { heap, pool, wide }: WasmBackend,
  weights: Block,
  { taps, K, N, transposed }: PackLayout,
): PackedWeights {
  const columns = Math.ceil(N / 8) * 8;
  const packed = heap.allocate(taps.length * K * columns);
  const panels = wide ? Math.ceil(columns / 16) : columns / 8;
  pool.run(Kernel.pack, panels, 0, {
    source: weights.pointer,
    packed: packed.pointer,
    tapIndices: heap.table(taps),
    taps: taps.length,
    K,
    N,
    transposed: transposed ? 1 : 0,
    wide,
  });
  return { block: packed, wide };
}

/**
 * Weights that did not change since they were last packed in this way stay packed; those that train
 * are packed anew each step, into memory that is free again after it. The caller releases the block.
 */
export function keepPacked(
  { heap, wide }: WasmBackend,
  weights: TensorData,
  layoutName: string,
  pack: () => PackedWeights,
): PackedWeights {
  const layout = `${layoutName} ${wide}`;
  heap.recorder?.used(weights);
  const kept = weights.packed.get(layout);
  if (kept) return { block: heap.retain(kept), wide };
  const packed = pack();
  if (weights.isSettled(layout)) weights.packed.set(layout, heap.retain(packed.block));
  return packed;
}
