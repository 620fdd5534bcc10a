import {
  decodePhoto,
  type DecodeResponse,
  type Examination,
  type PhotoWanted,
  readPhotoFile,
  type Refusal,
} from "./decode_photo.ts";
import { answerRequests } from "./worker_pool.ts";

export type { DecodeResponse, Examination, Refusal };

/** A photo file to decode. */
export interface DecodeRequest extends PhotoWanted {
  path: string;
}

async function decode(request: DecodeRequest): Promise<DecodeResponse> {
  const file = await readPhotoFile(request.path);
  return "refusal" in file ? file : await decodePhoto(file, request);
}

answerRequests(decode, (response) => "data" in response ? [response.data.buffer] : []);
