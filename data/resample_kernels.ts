/** Kernels that resize photos, WebAssembly of kernels/resample.ts, and a memory that grows with them. */
import { RESAMPLE_KERNELS_WASM } from "./resample_kernels_wasm.ts";

/** See kernels/resample.ts. */
interface Resampling {
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

/** They hold one photo at a time: whoever asks for them next may overwrite what is there. */
export class ResampleKernels {
  readonly run: Resampling;
  readonly memory = new WebAssembly.Memory({ initial: 16 });
  #bytes = new Uint8Array(this.memory.buffer as ArrayBuffer);

  constructor() {
    this.run = instantiate(RESAMPLE_KERNELS_WASM, this.memory);
  }

  /** All memory: to be asked for again after `grow`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** @throws {RangeError} where there is not so much memory */
  grow(bytes: number): void {
    const more = Math.ceil((bytes - this.#bytes.length) / PAGE);
    if (more <= 0) return;
    this.memory.grow(more);
    this.#bytes = new Uint8Array(this.memory.buffer as ArrayBuffer);
  }

  words(at: number, count: number): Int32Array {
    return new Int32Array(this.#bytes.buffer, at, count);
  }
}

/** Parts of the kernels' memory, one behind the other. */
export class Places {
  #end: number;

  /** @param free where the first may lie */
  constructor(free = 0) {
    this.#end = free;
  }

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
export interface KernelPixels {
  kernels: ResampleKernels;
  /** Where the first one lies, [rows, columns, 3], and how many bytes from a row to the next. */
  at: number;
  pitch: number;
  /** What follows is free. */
  places: Places;
}

/**
 * Gives kernels with a memory of so many bytes, which are kept for the next photo; undefined where there
 * are not so many, and in engines that are too old for them.
 */
export function keptKernels<Kernels extends ResampleKernels>(
  create: () => Kernels,
): (bytes: number) => Kernels | undefined {
  let kept: Kernels | undefined;
  return (bytes) => {
    try {
      const kernels = bytes > MOST_KEPT ? create() : kept ??= create();
      kernels.grow(bytes);
      return kernels;
    } catch (error) {
      if (error instanceof RangeError || error instanceof WebAssembly.CompileError) {
        return undefined;
      }
      throw error;
    }
  };
}

export const resampleKernels = keptKernels(() => new ResampleKernels());

const compiled = new Map<string, WebAssembly.Module>();

/** What a module of `deno task build:wasm` exports. */
export function instantiate<Exports>(base64: string, memory: WebAssembly.Memory): Exports {
  let module = compiled.get(base64);
  if (!module) compiled.set(base64, module = new WebAssembly.Module(bytesOf(base64)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
}

/** By hand: Node 20 has no `Uint8Array.fromBase64`. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
