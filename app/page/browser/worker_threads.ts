/** `node:worker_threads`, as much of it as the wasm backend's thread pool uses, by web workers. */
export class Worker {
  readonly #worker: globalThis.Worker;

  /** @param _module the thread's module in Deno; here it is bundled as `thread.js` */
  constructor(_module: URL, { workerData }: { workerData: unknown }) {
    const url = new URL("./thread.js", import.meta.url);
    this.#worker = new globalThis.Worker(url, { type: "module" });
    this.#worker.postMessage(workerData);
  }

  once(_message: "message", handle: () => void): void {
    this.#worker.addEventListener("message", handle, { once: true });
  }

  on(_error: "error", handle: (error: Error) => void): void {
    this.#worker.addEventListener("error", ({ message }) => handle(new Error(message)));
  }

  /** Browsers end workers with their page. */
  unref(): void {}

  terminate(): void {
    this.#worker.terminate();
  }
}
