/** `node:worker_threads` inside a thread of the pool: what it was started with comes by message. */
const thread = globalThis as unknown as DedicatedWorkerGlobalScope;

interface DedicatedWorkerGlobalScope {
  postMessage(message: unknown): void;
  addEventListener(
    type: "message",
    handle: (event: MessageEvent) => void,
    options: { once: true },
  ): void;
}

export const workerData: unknown = await new Promise((resolve) =>
  thread.addEventListener("message", ({ data }) => resolve(data), { once: true })
);

export const parentPort = { postMessage: (message: unknown) => thread.postMessage(message) };
