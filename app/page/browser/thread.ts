/**
 * A thread of the pool: what `node:worker_threads` hands over at the start comes by a message here.
 * Nothing is awaited at the top, as bundlers make classic scripts of workers.
 */
import { begin } from "./thread_data.ts";

addEventListener("message", async (event) => {
  begin((event as MessageEvent).data);
  await import("../../../backend/wasm/worker.ts");
}, { once: true });
