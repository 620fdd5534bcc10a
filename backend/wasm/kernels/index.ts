/** What JavaScript calls. Everything else runs by way of the queue. */
export { finish, takeChunk, workerLoop } from "./queue";
export { repeatProduct } from "./gemm";
