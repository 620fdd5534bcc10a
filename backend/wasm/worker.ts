/** A thread of the pool: instantiates the kernels and waits in them for work, for good. */
import { parentPort, workerData } from "node:worker_threads";
import { instantiateKernels } from "./instantiate.ts";
import { reportFailure } from "./failure.ts";

const { module, memory, thread } = workerData as {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  thread: number;
};

try {
  const kernels = instantiateKernels(module, memory);
  parentPort?.postMessage("ready");
  kernels.workerLoop(thread);
} catch (error) {
  // The main thread may be waiting in a kernel, where no message reaches it: tell it by memory.
  reportFailure(memory, `thread ${thread}: ${error instanceof Error ? error.message : error}`);
}
