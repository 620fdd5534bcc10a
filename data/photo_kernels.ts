/** Kernels that decode and resize photos, WebAssembly of kernels/, and a memory that grows with them. */
import { FREE, ZIGZAG } from "./kernels/layout.ts";
import { PHOTO_KERNELS_WASM } from "./photo_kernels_wasm.ts";

/** See kernels/jpeg.ts and kernels/resample.ts. */
interface Exports {
  defineCodes(table: number): number;
  decode(): number;
  resampleRows: Resample;
  resampleColumns: Resample;
}

type Resample = (
  from: number,
  pitch: number,
  count: number,
  outputs: number,
  quads: number,
  starts: number,
  weights: number,
  to: number,
  toPitch: number,
) => void;

const PAGE = 65536;
/** What a photo needs beyond this is let go with it. */
const MOST_KEPT = 2 ** 26;

let compiled: WebAssembly.Module | undefined;
let kept: PhotoKernels | undefined;

/** They hold one photo at a time: whoever asks for them next may overwrite what is there. */
export class PhotoKernels {
  readonly run: Exports;
  readonly #memory = new WebAssembly.Memory({ initial: 16 });
  #bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);

  constructor() {
    compiled ??= new WebAssembly.Module(bytesOf(PHOTO_KERNELS_WASM));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    this.run = exports as unknown as Exports;
    this.#bytes.set(zigzag(), ZIGZAG);
  }

  /** All memory: to be asked for again after `grow`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** @throws {RangeError} where there is not so much memory */
  grow(bytes: number): void {
    const more = Math.ceil((bytes - this.#bytes.length) / PAGE);
    if (more <= 0) return;
    this.#memory.grow(more);
    this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
  }

  words(at: number, count: number): Int32Array {
    return new Int32Array(this.#bytes.buffer, at, count);
  }
}

/** Parts of the kernels' memory, one behind the other. */
export class Places {
  #end = FREE;

  /** Where so many bytes lie; 64 more are behind them, as kernels take several at once. */
  take(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / 16) * 16 + 64;
    return at;
  }

  get end(): number {
    return this.#end;
  }
}

/** Pixels in the memory of kernels. */
export interface DecodedPixels {
  kernels: PhotoKernels;
  /** Where the first one lies, [rows, columns, 3], and how many bytes from a row to the next. */
  at: number;
  pitch: number;
  /** What follows is free. */
  places: Places;
}

/**
 * Kernels with a memory of so many bytes; undefined where there are not so many, and in engines that are
 * too old for them.
 */
export function photoKernels(bytes: number): PhotoKernels | undefined {
  try {
    const kernels = bytes > MOST_KEPT ? new PhotoKernels() : kept ??= new PhotoKernels();
    kernels.grow(bytes);
    return kernels;
  } catch (error) {
    if (error instanceof RangeError || error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/** By hand: Node 20 has no `Uint8Array.fromBase64`. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

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
