/** `node:worker_threads`, as much of it as the wasm backend's thread pool uses, by web workers. */
const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };

class Thread {
  readonly #worker?: Worker;

  /**
   * Pages that are not isolated from others may not hand shared memory to workers: there a thread
   * never starts, and the pool's work is done without it.
   *
   * @param _module the thread's module in Deno; here it is bundled as `thread.js`
   */
  constructor(_module: URL, { workerData }: { workerData: unknown }) {
    if (!crossOriginIsolated) return;
    // In these words, by which bundlers know a worker.
    this.#worker = new Worker(new URL("./thread.js", import.meta.url), { type: "module" });
    this.#worker.postMessage(workerData);
  }

  once(_message: "message", handle: () => void): void {
    this.#worker?.addEventListener("message", handle, { once: true });
  }

  on(_error: "error", handle: (error: Error) => void): void {
    this.#worker?.addEventListener("error", ({ message }) => handle(new Error(message)));
  }

  /** Browsers end workers with their page. */
  unref(): void {}

  terminate(): void {
    this.#worker?.terminate();
  }
}

export { Thread as Worker };
