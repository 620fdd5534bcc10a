/** Kernels that decode photos, WebAssembly of kernels/jpeg.ts, beside those that resize them. */
import { ZIGZAG } from "./kernels/layout.ts";
import { PHOTO_KERNELS_WASM } from "./photo_kernels_wasm.ts";
import {
  instantiate,
  keptKernels,
  type KernelPixels,
  ResampleKernels,
} from "./resample_kernels.ts";

/** See kernels/jpeg.ts. */
interface Decoding {
  defineCodes(table: number): number;
  decode(): number;
}

/** In one memory, whose beginning is laid out by kernels/layout.ts. */
class PhotoKernels extends ResampleKernels {
  readonly jpeg: Decoding = instantiate(PHOTO_KERNELS_WASM, this.memory);

  constructor() {
    super();
    this.bytes.set(zigzag(), ZIGZAG);
  }
}

/** Pixels where they were decoded. */
export interface DecodedPixels extends KernelPixels {
  kernels: PhotoKernels;
}

export const photoKernels = keptKernels(() => new PhotoKernels());

/** Of the file's coefficients, in the order in which they come, where they lie as int32 [8, 8]. */
function zigzag(): Uint8Array {
  const order = Array.from({ length: 64 }, (_, i) => ({ row: i >> 3, column: i & 7 }));
  order.sort((a, b) => {
    const [along, other] = [a.row + a.column, b.row + b.column];
    if (along !== other) return along - other;
    return along % 2 === 0 ? b.row - a.row : a.row - b.row;
  });
  return Uint8Array.from(order, ({ row, column }) => 4 * (8 * row + column));
}
