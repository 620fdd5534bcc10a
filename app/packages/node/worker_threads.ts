/** `node:worker_threads` for the thread pool: its thread's module is bundled beside it. */
import { Worker as Thread, type WorkerOptions } from "node:worker_threads";

export class Worker extends Thread {
  /** @param _module the thread's module in Deno */
  constructor(_module: URL, options: WorkerOptions) {
    super(new URL("./thread.node.js", import.meta.url), options);
  }
}
