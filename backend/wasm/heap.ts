/**
 * The shared memory that all tensors of the backend live in, and its allocator.
 *
 * The whole address space is reserved at once and backed by the operating system page by page as it
 * is first touched: growing a shared memory while other threads compute is a race in engines.
 */
import { HEAP } from "./generated_abi.ts";

/** Some bytes of the heap, shared by all who retained it. */
export interface Block {
  readonly pointer: number;
  readonly bytes: number;
  references: number;
}

/** Whoever writes a step down wants to know: replay/recording.ts. */
interface HeapRecorder {
  allocated(block: Block): void;
  /** JavaScript sees values of the heap, or integers outside of it. */
  accessed(): void;
  created(tensor: object): void;
  used(tensor: object): void;
  written(tensor: object): void;
}

/** Bytes from `from` on, before `to`. */
export interface Range {
  from: number;
  to: number;
}

type Stage = (
  pointer: number,
  values: ArrayLike<number>,
  Values: Float32ArrayConstructor | Int32ArrayConstructor,
) => boolean;

const PAGE = 64 * 1024;
/** Blocks start on cache lines, and vectors may be read a little past their end. */
const ALIGNMENT = 128;
const RESERVATIONS_IN_PAGES = [65536, 32768, 16384, 8192];

export class SharedHeap {
  readonly memory: WebAssembly.Memory;
  /** Called before JavaScript sees the memory: kernels that were started may be at work in it. */
  beforeAccess = () => {};
  /**
   * Has values written behind the kernels that were started, without waiting for them, which may
   * still be at work where these go. False where JavaScript had better write them itself.
   */
  stage: Stage = () => false;
  /** Of the step that is being recorded. */
  recorder?: HeapRecorder;
  /** Called when the memory is full, to give back what can be spared. */
  beforeFailing = () => {};
  readonly #limit: number;
  /** Never used so far: everything from here on. */
  #top = HEAP;
  /** Free blocks below #top by address, neighbours merged. */
  readonly #free: { pointer: number; bytes: number }[] = [];
  #bytesInUse = 0;
  readonly #kept = new Map<string, number>();

  /** @throws {RangeError} when not even half a gigabyte of address space can be reserved */
  constructor() {
    this.memory = reserve();
    // The last page stays unused, so that reading a little past a block's end stays inside.
    this.#limit = this.memory.buffer.byteLength - PAGE;
  }

  /** Bytes of all blocks in use. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /** Bytes ever in use at once, fragments between blocks included. */
  get bytesReserved(): number {
    return this.#top;
  }

  /**
   * Room for `count` 32-bit values, not cleared, retained once.
   * @throws {RangeError} when the memory is full
   */
  allocate(count: number): Block {
    const bytes = Math.ceil((count * 4 || 1) / ALIGNMENT) * ALIGNMENT;
    let pointer = this.#takeBestFit(bytes);
    if (pointer === undefined && this.#top + bytes > this.#limit) {
      this.beforeFailing();
      pointer = this.#takeBestFit(bytes);
    }
    pointer ??= this.#takeFromTop(bytes);
    this.#bytesInUse += bytes;
    const block = { pointer, bytes, references: 1 };
    this.recorder?.allocated(block);
    return block;
  }

  retain(block: Block): Block {
    block.references++;
    return block;
  }

  release(block: Block): void {
    if (--block.references > 0) return;
    if (block.references < 0) throw new Error("a memory block was released twice");
    this.#bytesInUse -= block.bytes;
    this.#giveBack(block.pointer, block.bytes);
  }

  isFree({ from, to }: Range): boolean {
    return from >= this.#top || this.#free.some((hole) => isWithin(from, to, hole));
  }

  /** Takes memory that is free, and nothing else; `putBack` gives it back. */
  take({ from, to }: Range): void {
    this.#bytesInUse += to - from;
    if (from >= this.#top) {
      if (from > this.#top) this.#free.push({ pointer: this.#top, bytes: from - this.#top });
      this.#top = to;
      return;
    }
    const index = this.#free.findIndex((hole) => isWithin(from, to, hole));
    const { pointer, bytes } = this.#free[index];
    const rest = [
      { pointer, bytes: from - pointer },
      { pointer: to, bytes: pointer + bytes - to },
    ];
    this.#free.splice(index, 1, ...rest.filter(({ bytes }) => bytes > 0));
  }

  putBack({ from, to }: Range): void {
    this.#bytesInUse -= to - from;
    this.#giveBack(from, to - from);
  }

  /**
   * The first `count` values of a block; a view, valid as long as the block is retained, and until
   * the next kernel is started.
   */
  floats(block: Block, count: number): Float32Array {
    this.recorder?.accessed();
    this.beforeAccess();
    return new Float32Array(this.memory.buffer, block.pointer, count) as Float32Array;
  }

  integers(block: Block, count: number): Int32Array {
    this.recorder?.accessed();
    this.beforeAccess();
    return new Int32Array(this.memory.buffer, block.pointer, count) as Int32Array;
  }

  /** A copy of `values` in the heap. */
  store(values: ArrayLike<number>): Block {
    const block = this.allocate(values.length);
    if (!this.stage(block.pointer, values, Float32Array)) {
      this.floats(block, values.length).set(values);
    }
    return block;
  }

  storeIntegers(values: Int32Array): Block {
    const block = this.allocate(values.length);
    if (!this.stage(block.pointer, values, Int32Array)) {
      this.integers(block, values.length).set(values);
    }
    return block;
  }

  /**
   * The address of these integers, which stay in the heap for good: for the small tables that follow
   * from shapes alone, and come again in every step.
   */
  table(integers: number[]): number {
    return this.#keep(integers.join(), integers.length, ({ pointer }) => {
      new Int32Array(this.memory.buffer, pointer, integers.length).set(integers);
    });
  }

  /** The address of a vector of equal values, which stays in the heap for good too. */
  filled(value: number, count: number): number {
    return this.#keep(`${count} × ${value}`, count, ({ pointer }) => {
      new Float32Array(this.memory.buffer, pointer, count).fill(value);
    });
  }

  #keep(key: string, count: number, write: (block: Block) => void): number {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const block = this.allocate(count);
    this.beforeAccess();
    write(block);
    this.#kept.set(key, block.pointer);
    return block.pointer;
  }

  #takeBestFit(bytes: number): number | undefined {
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const size = this.#free[i].bytes;
      if (size >= bytes && (best < 0 || size < this.#free[best].bytes)) best = i;
    }
    if (best < 0) return undefined;
    const hole = this.#free[best];
    const { pointer } = hole;
    if (hole.bytes === bytes) {
      this.#free.splice(best, 1);
    } else {
      hole.pointer += bytes;
      hole.bytes -= bytes;
    }
    return pointer;
  }

  #takeFromTop(bytes: number): number {
    if (this.#top + bytes > this.#limit) {
      const megabytes = (n: number) => `${Math.round(n / 1e6)} MB`;
      throw new RangeError(
        `out of memory: ${megabytes(bytes)} more do not fit the ${megabytes(this.#limit)} of the ` +
          `wasm backend, ${megabytes(this.#bytesInUse)} are in use: use a smaller batch`,
      );
    }
    const pointer = this.#top;
    this.#top += bytes;
    return pointer;
  }

  #giveBack(pointer: number, bytes: number): void {
    let low = 0, high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#free[middle].pointer < pointer) low = middle + 1;
      else high = middle;
    }
    const before = this.#free[low - 1], after = this.#free[low];
    const joinsBefore = before !== undefined && before.pointer + before.bytes === pointer;
    const joinsAfter = after !== undefined && pointer + bytes === after.pointer;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      this.#free.splice(low, 1);
    } else if (joinsBefore) {
      before.bytes += bytes;
    } else if (joinsAfter) {
      after.pointer = pointer;
      after.bytes += bytes;
    } else {
      this.#free.splice(low, 0, { pointer, bytes });
    }
    const last = this.#free.at(-1)!;
    if (last.pointer + last.bytes === this.#top) {
      this.#top = last.pointer;
      this.#free.pop();
    }
  }
}

function reserve(): WebAssembly.Memory {
  for (const pages of RESERVATIONS_IN_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // else: try less
    }
  }
  throw new RangeError(
    "the wasm backend cannot reserve 512 MB of address space: raise the process's limit on virtual " +
      "memory (ulimit -v)",
  );
}

function isWithin(from: number, to: number, hole: { pointer: number; bytes: number }): boolean {
  return from >= hole.pointer && to <= hole.pointer + hole.bytes;
}
