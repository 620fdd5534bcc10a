/** Room for the partial batch statistics that kernels leave. */
import type { WasmBackend } from "../backend.ts";
import { STATISTICS_VECTORS } from "../generated_abi.ts";
import type { BatchStatistics } from "../tensor_data.ts";

/** Of chunks of rows (pixels). */
export function allocateStatistics(
  backend: WasmBackend,
  rows: number,
  rowsPerChunk: number,
  channels: number,
): BatchStatistics {
  const parts = Math.ceil(rows / rowsPerChunk);
  return allocate(backend, parts, channels, (i) => Math.min(rowsPerChunk, rows - i * rowsPerChunk));
}

/** Of bands of `bandRows` rows of each image. */
export function allocateBandStatistics(
  backend: WasmBackend,
  batch: number,
  height: number,
  width: number,
  bandRows: number,
  channels: number,
): BatchStatistics {
  const bands = Math.ceil(height / bandRows);
  return allocate(
    backend,
    batch * bands,
    channels,
    (i) => Math.min(bandRows, height - i % bands * bandRows) * width,
  );
}

function allocate(
  { heap }: WasmBackend,
  parts: number,
  channels: number,
  rowsOf: (part: number) => number,
): BatchStatistics {
  const counts = heap.table(Array.from({ length: parts }, (_, i) => rowsOf(i)));
  return { partials: heap.allocate(parts * STATISTICS_VECTORS * channels), counts, parts };
}
