/**
 * The threads that compute. Starting a kernel only writes it into a queue that the workers work off,
 * inside wasm, while the main thread prepares the next ones; it helps them when it needs results.
 * kernels/queue.ts is their side of it.
 */
import { Worker } from "node:worker_threads";
import { readFailure } from "./failure.ts";
import {
  COMMAND_BYTES,
  COMMAND_HEADER_WORDS,
  COMMANDS,
  COMPLETED,
  Kernel,
  type KernelOf,
  type Memory,
  PARKED,
  PUBLISHED,
  RING,
  STAGING,
  STAGING_BYTES,
  THREADS,
  writeCommandHeader,
} from "./generated_abi.ts";
import type { SharedHeap } from "./heap.ts";
import { instantiateKernels, type Kernels } from "./instantiate.ts";

/** One chunk takes milliseconds; a worker that is silent for so long will never answer. */
const PATIENCE_MS = 60_000;

/** Whoever writes a step down: replay/recording.ts. */
interface CommandRecorder {
  /** A kernel, by its command, which the next ones will overwrite. */
  started(command: Uint32Array): void;
  /** Has `compute` computed now. */
  hosted(compute: () => void): void;
  /** Values from JavaScript; returns where they lie for good. */
  constant(values: Float32Array | Int32Array): number;
}

const COMMAND_WORDS = COMMAND_BYTES / 4;

export class ThreadPool {
  readonly kernels: Kernels;
  /** Of the step that is being recorded. */
  recorder?: CommandRecorder;
  readonly #heap: SharedHeap;
  readonly #module: WebAssembly.Module;
  readonly #words: Int32Array;
  readonly #ring: Memory;
  /** The ring's words. */
  readonly #commands: Uint32Array;
  readonly #workers: Worker[] = [];
  #threads = 0;
  #published = 0;
  /** Bytes that are staged. */
  #staged = 0;
  #scratch = { pointer: 0, bytesPerThread: 0 };
  #release = () => {};
  #failure: string | undefined;

  constructor(module: WebAssembly.Module, heap: SharedHeap, threads: number) {
    this.#heap = heap;
    this.#module = module;
    this.kernels = instantiateKernels(module, heap.memory);
    const { buffer } = heap.memory, bytes = COMMANDS * COMMAND_BYTES;
    this.#words = new Int32Array(buffer);
    this.#commands = new Uint32Array(buffer, RING, bytes / 4);
    this.#ring = {
      words: this.#commands,
      floats: new Float32Array(buffer, RING, bytes / 4),
      doubles: new Float64Array(buffer, RING, bytes / 8),
    };
    heap.beforeAccess = () => this.finish();
    heap.stage = (pointer, values, Values) => this.#stage(pointer, values, Values);
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
    this.finish();
    this.#threads = threads;
    this.#startWorker();
    this.#resizeScratch(this.#scratch.bytesPerThread);
    Atomics.store(this.#words, THREADS / 4, threads);
  }

  /**
   * Starts a kernel: its chunks 0 … chunks - 1 will be computed after those of all kernels before
   * it. Memory that it reads may be released at once, as only later kernels can be given it;
   * JavaScript sees memory through the heap, which finishes first.
   *
   * @param scratchFloats memory that a chunk needs for itself
   * @throws {Error} when a worker died; the backend cannot be used any more then
   */
  run<Arguments>(
    kernel: KernelOf<Arguments>,
    chunks: number,
    scratchFloats: number,
    kernelArguments: Arguments,
  ): void {
    if (this.#failure) throw new Error(this.#failure);
    if (chunks === 0) return;
    if (scratchFloats * 4 > this.#scratch.bytesPerThread) this.#resizeScratch(scratchFloats * 4);
    if (this.#isFull()) this.#computeUntil(COMMANDS / 2);
    const at = this.#published % COMMANDS * COMMAND_WORDS;
    // What an earlier kernel left in its place is no part of it.
    if (this.recorder) this.#commands.fill(0, at, at + COMMAND_WORDS);
    writeCommandHeader(this.#ring, at, {
      kernel: kernel.number,
      chunks,
      scratch: this.#scratch.pointer,
      scratchPerThread: this.#scratch.bytesPerThread,
    });
    kernel.write(this.#ring, at + COMMAND_HEADER_WORDS, kernelArguments);
    this.recorder?.started(this.#commands.subarray(at, at + COMMAND_WORDS));
    this.#publish();
  }

  /** Starts a kernel again, by the command that `recorder` was given. */
  replay(command: Uint32Array): void {
    if (this.#failure) throw new Error(this.#failure);
    if (this.#isFull()) this.#computeUntil(COMMANDS / 2);
    const at = this.#published % COMMANDS * COMMAND_WORDS;
    this.#commands.set(command, at);
    // Scratch may lie elsewhere by now.
    writeCommandHeader(this.#ring, at, {
      kernel: command[0],
      chunks: command[1],
      scratch: this.#scratch.pointer,
      scratchPerThread: this.#scratch.bytesPerThread,
    });
    this.#publish();
  }

  /**
   * Computes in JavaScript, behind all kernels that were started. `compute` may be called again when
   * the step is replayed: it must know values by their blocks, and integers by their arrays.
   */
  host(compute: () => void): void {
    this.finish();
    if (this.recorder) this.recorder.hosted(compute);
    else compute();
  }

  #publish(): void {
    this.#published = (this.#published + 1) >>> 0;
    Atomics.store(this.#words, PUBLISHED / 4, this.#published);
    if (Atomics.load(this.#words, PARKED / 4) > 0) Atomics.notify(this.#words, PUBLISHED / 4);
  }

  /**
   * Computes along until every kernel that was started is done.
   * @throws {Error} when a worker died; the backend cannot be used any more then
   */
  finish(): void {
    this.#computeUntil(0);
    this.#staged = 0;
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
    this.finish();
    this.#release();
    const bytes = Math.ceil(bytesPerThread / 4096) * 4096;
    const block = this.#heap.allocate(bytes / 4 * this.#threads);
    this.#release = () => this.#heap.release(block);
    this.#scratch = { pointer: block.pointer, bytesPerThread: bytes };
  }

  /** As `SharedHeap.stage`. What is staged lies there until all kernels were waited for. */
  #stage(
    pointer: number,
    values: ArrayLike<number>,
    Values: Float32ArrayConstructor | Int32ArrayConstructor,
  ): boolean {
    const bytes = 4 * values.length;
    if (this.recorder && bytes > 0) {
      const from = this.recorder.constant(Values.from(values));
      this.run(Kernel.copy, 1, 0, { from, to: pointer, bytes });
      return true;
    }
    if (bytes === 0 || this.#staged + bytes > STAGING_BYTES || this.#pending() === 0) return false;
    const from = STAGING + this.#staged;
    new Values(this.#heap.memory.buffer as ArrayBuffer, from, values.length).set(values);
    this.#staged += bytes;
    this.run(Kernel.copy, 1, 0, { from, to: pointer, bytes });
    return true;
  }

  #isFull(): boolean {
    return this.#pending() >= COMMANDS;
  }

  /** Kernels that were started and are not done. */
  #pending(): number {
    const completed = Atomics.load(this.#words, COMPLETED / 4) >>> 0;
    return (this.#published - completed) >>> 0;
  }

  /** Until so many kernels at most are not done. */
  #computeUntil(remaining: number): void {
    if (this.#failure) throw new Error(this.#failure);
    const start = performance.now();
    try {
      while (!this.kernels.finish(remaining)) {
        const death = readFailure(this.#words);
        if (death) this.#fail(death);
        if (performance.now() - start > PATIENCE_MS) {
          this.#fail(`a worker has not answered for ${PATIENCE_MS / 1000} s`);
        }
      }
    } catch (error) {
      if (this.#failure) throw error;
      this.#fail(`the main thread: ${error instanceof Error ? error.message : error}`);
    }
    const death = readFailure(this.#words);
    if (death) this.#fail(death);
  }

  #fail(cause: string): never {
    this.#failure = describe(cause);
    throw new Error(this.#failure);
  }
}

function describe(cause: string): string {
  return `the wasm backend stopped: a thread of it died (${cause}); restart the program`;
}
