/** `node:worker_threads` inside a thread of the pool, once `begin` was told what it starts with. */
const thread = globalThis as unknown as { postMessage(message: unknown): void };

export let workerData: unknown;

export function begin(data: unknown): void {
  workerData = data;
}

export const parentPort = { postMessage: (message: unknown) => thread.postMessage(message) };
