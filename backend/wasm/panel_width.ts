/**
 * Whether matrix products use panels of 16 columns, or of 8 only. The results are the same to the
 * bit; the speed depends on whether V8 was started with the flags of ../v8_flags.ts (its registers
 * are then 256 bits wide), which a program cannot ask. So it is measured, once V8 has compiled the
 * kernels with all its optimisations, which it does after some use.
 */
import type { SharedHeap } from "./heap.ts";
import type { Kernels } from "./instantiate.ts";

/** Convolutions after which wide panels, in use from the start, are compiled for good. */
const WARM = 100;
/** Then the narrow ones are put to some use, a little with each convolution, and last compared. */
const COMPARED = 300;
const WARMING_REPETITIONS = 20;
const ROUNDS = 8;

/** Of a product [ROWS, DEPTH]·[DEPTH, COLUMNS], as kernels/gemm.ts measures it. */
const ROWS = 48, DEPTH = 64, COLUMNS = 48;

export class PanelWidth {
  #wide: 0 | 1 = 1;
  #convolutions = 0;

  constructor(private readonly kernels: Kernels, private readonly heap: SharedHeap) {}

  get wide(): 0 | 1 {
    return this.#wide;
  }

  /** Whether the choice will not change any more. */
  get isSettled(): boolean {
    return this.#convolutions >= COMPARED;
  }

  /** How many convolutions there were. */
  get convolutions(): number {
    return this.#convolutions;
  }

  /** Called before each convolution: only there may the choice change. */
  settle(): void {
    const count = ++this.#convolutions;
    if (count > COMPARED || count < WARM) return;
    const block = this.heap.allocate(ROWS * DEPTH + DEPTH * COLUMNS + ROWS * COLUMNS);
    this.heap.floats(block, block.bytes / 4).fill(0);
    if (count < COMPARED) this.#time(block.pointer, 0);
    else this.#wide = this.#isWideFaster(block.pointer) ? 1 : 0;
    this.heap.release(block);
  }

  #isWideFaster(pointer: number): boolean {
    let wide = Infinity, narrow = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      wide = Math.min(wide, this.#time(pointer, 1));
      narrow = Math.min(narrow, this.#time(pointer, 0));
    }
    return wide < narrow;
  }

  #time(pointer: number, wide: 0 | 1): number {
    const packed = pointer + 4 * ROWS * DEPTH, c = packed + 4 * DEPTH * COLUMNS;
    const start = performance.now();
    this.kernels.repeatProduct(
      pointer,
      packed,
      c,
      ROWS,
      DEPTH,
      COLUMNS,
      wide,
      WARMING_REPETITIONS,
    );
    return performance.now() - start;
  }
}
