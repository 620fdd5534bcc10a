import { BatchReader, type BatchRequest, type ReadBatch } from "./batch_reader.ts";
import { answerRequests } from "./worker_pool.ts";

export type { BatchRequest, ReadBatch };

const reader = new BatchReader();

answerRequests(
  (request: BatchRequest) => reader.read(request),
  ({ images }) => [images.buffer],
);
