import { decodePhoto, type DecodeResponse } from "./decode_photo.ts";
import type { DecodeRequest } from "./decode_protocol.ts";
import { answerRequests } from "./worker_pool.ts";

export type { DecodeRequest, DecodeResponse };

answerRequests(
  ({ file, ...wanted }: DecodeRequest) => decodePhoto(file, wanted),
  (response) => "data" in response ? [response.data.buffer] : [],
);
