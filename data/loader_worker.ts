import { PixelsReader, type PixelsRequest } from "./batch_pixels.ts";
import { answerRequests } from "./worker_pool.ts";

export type { PixelsRequest };

const reader = new PixelsReader();

answerRequests(
  (request: PixelsRequest) => reader.read(request),
  (pixels) => [pixels.buffer],
);
