/**
 * Where a recorded step's buffers come from. Commands that were recorded go on writing to them, so
 * nobody else may get them; buffers that tfjs takes at other times are tfjs's own.
 */
import type { BufferManager, TfjsWebGpuBackend } from "../tfjs_backend.ts";

/** Intermediate results of one repeated step, reused within it. */
export class StepPool {
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #all = new Set<GPUBuffer>();
  #inUse = 0;
  #isDisposed = false;

  constructor(private readonly device: GPUDevice) {}

  /** Buffers that tensors hold. */
  get inUse(): number {
    return this.#inUse;
  }

  get bytes(): number {
    return [...this.#all].reduce((sum, { size }) => sum + size, 0);
  }

  acquire(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    this.#inUse++;
    const free = mappedAtCreation ? undefined : this.#free.get(`${size} ${usage}`)?.pop();
    if (free) return free;
    const buffer = this.device.createBuffer({ size, usage, mappedAtCreation });
    this.#all.add(buffer);
    return buffer;
  }

  has(buffer: GPUBuffer): boolean {
    return this.#all.has(buffer);
  }

  release(buffer: GPUBuffer): void {
    this.#inUse--;
    if (this.#isDisposed) return buffer.destroy();
    const key = `${buffer.size} ${buffer.usage}`;
    const free = this.#free.get(key);
    if (free) free.push(buffer);
    else this.#free.set(key, [buffer]);
  }

  /** What tensors still hold goes when they do. */
  dispose(): void {
    this.#isDisposed = true;
    for (const buffer of [...this.#free.values()].flat()) {
      buffer.destroy();
      this.#all.delete(buffer);
    }
    this.#free.clear();
  }
}

/** Stands in for tfjs's buffer manager: gives each buffer back to where it came from. */
export class BufferRouter implements BufferManager {
  /** The pool of the step that is being recorded. */
  current?: StepPool;
  readonly #pools = new Set<StepPool>();
  /** Buffers that their recording frees by itself. */
  readonly #pinned = new WeakSet<GPUBuffer>();

  constructor(private readonly stock: BufferManager) {}

  get numBytesUsed(): number {
    return this.numBytesAllocated;
  }

  get numBytesAllocated(): number {
    return [...this.#pools].reduce((sum, { bytes }) => sum + bytes, this.stock.numBytesAllocated);
  }

  add(pool: StepPool): void {
    this.#pools.add(pool);
  }

  remove(pool: StepPool): void {
    pool.dispose();
    if (pool.inUse === 0) this.#pools.delete(pool);
  }

  pin(buffer: GPUBuffer): void {
    this.#pinned.add(buffer);
  }

  acquireBuffer(size: number, usage: number, mapped = false, reuse = true): GPUBuffer {
    return this.current
      ? this.current.acquire(size, usage, mapped)
      : this.stock.acquireBuffer(size, usage, mapped, reuse);
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (this.#pinned.has(buffer)) return;
    for (const pool of this.#pools) {
      if (pool.has(buffer)) return pool.release(buffer);
    }
    this.stock.releaseBuffer(buffer, reuse);
  }

  dispose(): void {
    for (const pool of this.#pools) pool.dispose();
    this.stock.dispose();
  }
}

/** The backend's router, put in place when it is first asked for. */
export function routerOf(backend: TfjsWebGpuBackend): BufferRouter {
  if (!(backend.bufferManager instanceof BufferRouter)) {
    backend.bufferManager = new BufferRouter(backend.bufferManager);
  }
  return backend.bufferManager as BufferRouter;
}
