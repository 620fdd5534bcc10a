/**
 * The products of `row_products.ts` by WebAssembly, two numbers at a time: of a matrix that lies in its
 * memory. Sums are in another order than in plain JavaScript, so they differ by rounding.
 */
import type { Matrix } from "./matrix.ts";
import { ROW_PRODUCTS_WASM } from "./row_products_wasm.ts";

interface Exports {
  multiply: Product;
  add: Product;
}
type Product = (
  data: number,
  rows: number,
  rowCount: number,
  columns: number,
  first: number,
  count: number,
  second: number,
) => void;

const PAGE = 65536;
/** Rows whose products are handed over at a time. */
const BLOCK = 64;
/** Vectors that there is room for at least. */
export const LEAST_VECTORS = 64;

let compiled: WebAssembly.Module | undefined;
const residents = new WeakMap<Float64Array, RowKernels>();

/**
 * A matrix of zeros to write into, where the kernels reach it.
 *
 * @param vectors as many as it will be multiplied by at a time
 * @returns one in plain memory, where WebAssembly has none so large
 */
export function residentMatrix(rows: number, columns: number, vectors: number): Matrix {
  let kernels: RowKernels;
  try {
    kernels = new RowKernels(rows, columns, Math.max(LEAST_VECTORS, vectors));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { rows, columns, data: new Float64Array(rows * columns) };
  }
  residents.set(kernels.data, kernels);
  return { rows, columns, data: kernels.data };
}

/** Undefined of a matrix that is no resident, and of more vectors than there is room for. */
export function kernelsOf({ data }: Matrix, vectors: number): RowKernels | undefined {
  const kernels = residents.get(data);
  return kernels && vectors <= kernels.vectors ? kernels : undefined;
}

class RowKernels {
  /** [rows × columns] */
  readonly data: Float64Array;
  readonly #exports: Exports;
  readonly #memory: ArrayBufferLike;
  /** Where they begin, in bytes. */
  readonly #at: { rows: number; products: number; vectors: number; data: number };

  /** @throws {RangeError} where there is not so much memory */
  constructor(rows: number, private readonly columns: number, readonly vectors: number) {
    const products = 4 * BLOCK;
    const vectorsAt = products + 8 * BLOCK * vectors;
    const data = vectorsAt + 8 * vectors * columns;
    const pages = Math.ceil((data + 8 * rows * columns) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(ROW_PRODUCTS_WASM));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#exports = exports as unknown as Exports;
    this.#memory = memory.buffer;
    this.#at = { rows: 0, products, vectors: vectorsAt, data };
    this.data = new Float64Array(memory.buffer, data, rows * columns);
  }

  /** As `multiplyRows`. */
  multiply(rows: Int32Array, vectors: Float64Array, count: number, out: Float64Array): void {
    const at = this.#at;
    this.#view(at.vectors, count * this.columns).set(vectors.subarray(0, count * this.columns));
    for (let from = 0; from < rows.length; from += BLOCK) {
      const length = this.#giveRows(rows, from);
      this.#exports.multiply(
        at.data,
        at.rows,
        length,
        this.columns,
        at.vectors,
        count,
        at.products,
      );
      out.set(this.#view(at.products, length * count), from * count);
    }
  }

  /** As `addRows`. */
  add(rows: Int32Array, factors: Float64Array, count: number, vectors: Float64Array): void {
    const at = this.#at, sums = this.#view(at.vectors, count * this.columns);
    sums.set(vectors.subarray(0, sums.length));
    for (let from = 0; from < rows.length; from += BLOCK) {
      const length = this.#giveRows(rows, from);
      const some = factors.subarray(from * count, (from + length) * count);
      this.#view(at.products, some.length).set(some);
      this.#exports.add(at.data, at.rows, length, this.columns, at.products, count, at.vectors);
    }
    vectors.set(sums);
  }

  #view(at: number, length: number): Float64Array {
    return new Float64Array(this.#memory, at, length);
  }

  /** @returns how many */
  #giveRows(rows: Int32Array, from: number): number {
    const some = rows.subarray(from, from + BLOCK);
    new Int32Array(this.#memory, this.#at.rows, some.length).set(some);
    return some.length;
  }
}
