/**
 * The threads that compute. Workers wait inside wasm on atomics, so handing them a kernel costs
 * microseconds at most; kernels/control.ts is their side of it.
 */
import { Worker } from "node:worker_threads";
import { readFailure } from "./failure.ts";
import type { SharedHeap } from "./heap.ts";
import { instantiateKernels, type Kernels } from "./instantiate.ts";
import type { Kernel } from "./kernel.ts";

/** Addresses that kernels/control.ts fixes. */
const THREADS = 1344;
const ARGUMENTS = 2048;
const ARGUMENT_WORDS = 64;

/** One chunk takes milliseconds; a worker that is silent for so long will never answer. */
const PATIENCE_MS = 60_000;

export class ThreadPool {
  readonly kernels: Kernels;
  readonly #heap: SharedHeap;
  readonly #module: WebAssembly.Module;
  readonly #words: Int32Array;
  readonly #arguments: Uint32Array;
  readonly #workers: Worker[] = [];
  #threads = 0;
  #scratch = { pointer: 0, bytesPerThread: 0 };
  #release = () => {};
  #failure: string | undefined;

  constructor(module: WebAssembly.Module, heap: SharedHeap, threads: number) {
    this.#heap = heap;
    this.#module = module;
    this.kernels = instantiateKernels(module, heap.memory);
    this.#words = new Int32Array(heap.memory.buffer);
    this.#arguments = new Uint32Array(heap.memory.buffer, ARGUMENTS, ARGUMENT_WORDS);
    this.threads = threads;
  }

  get threads(): number {
    return this.#threads;
  }

  /** Threads in use, the main one included; results do not depend on it. */
  set threads(threads: number) {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new RangeError(`threads must be a whole number from 1 on, got ${threads}`);
    }
    this.#threads = threads;
    this.#startWorker();
    this.#resizeScratch(this.#scratch.bytesPerThread);
    Atomics.store(this.#words, THREADS / 4, threads);
  }

  /**
   * Runs chunks 0 … chunks - 1 of a kernel and waits for the last.
   *
   * @param scratchFloats memory that a chunk needs for itself
   * @param kernelArguments in the order of the kernel's own record
   * @throws {Error} when a worker died; the backend cannot be used any more then
   */
  run(kernel: Kernel, chunks: number, scratchFloats: number, kernelArguments: number[]): void {
    if (this.#failure) throw new Error(this.#failure);
    if (scratchFloats * 4 > this.#scratch.bytesPerThread) this.#resizeScratch(scratchFloats * 4);
    const words = this.#arguments;
    words[0] = kernel;
    words[1] = chunks;
    words[2] = this.#scratch.pointer;
    words[3] = this.#scratch.bytesPerThread;
    for (let i = 0; i < kernelArguments.length; i++) words[4 + i] = kernelArguments[i];
    let finished: number;
    try {
      finished = this.kernels.dispatch();
    } catch (error) {
      this.#fail(`the main thread: ${error instanceof Error ? error.message : error}`);
    }
    if (!finished) this.#waitForWorkers();
    const death = readFailure(this.#words);
    if (death) this.#fail(death);
  }

  /** Ends the workers. The program need not call it to exit. */
  dispose(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
    this.#failure = "the wasm backend was disposed";
    this.#release();
  }

  /**
   * Starts the next worker if one is missing. Each starts the one after it when it is there: starting
   * takes the main thread some 20 ms apiece, and the first kernels need not wait for the last worker.
   */
  #startWorker(): void {
    if (this.#failure || this.#workers.length >= this.#threads - 1) return;
    const thread = this.#workers.length + 1;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { module: this.#module, memory: this.#heap.memory, thread },
    });
    worker.once("message", () => this.#startWorker());
    worker.on("error", (error) => {
      this.#failure ??= describe(`thread ${thread}: ${error.message}`);
    });
    // It waits for work for ever; the program must still be able to end.
    worker.unref();
    this.#workers.push(worker);
  }

  #resizeScratch(bytesPerThread: number): void {
    if (bytesPerThread === 0) return;
    this.#release();
    const bytes = Math.ceil(bytesPerThread / 4096) * 4096;
    const block = this.#heap.allocate(bytes / 4 * this.#threads);
    this.#release = () => this.#heap.release(block);
    this.#scratch = { pointer: block.pointer, bytesPerThread: bytes };
  }

  #waitForWorkers(): void {
    const start = performance.now();
    while (!this.kernels.join()) {
      const death = readFailure(this.#words);
      if (death) this.#fail(death);
      if (performance.now() - start > PATIENCE_MS) {
        this.#fail(`a worker has not answered for ${PATIENCE_MS / 1000} s`);
      }
    }
  }

  #fail(cause: string): never {
    this.#failure = describe(cause);
    throw new Error(this.#failure);
  }
}

function describe(cause: string): string {
  return `the wasm backend stopped: a thread of it died (${cause}); restart the program`;
}
