import { cropPhoto, type CropRequest, type CropResponse } from "./crop_photo.ts";
import { answerRequests } from "./worker_pool.ts";

export type { CropRequest, CropResponse };

answerRequests(
  cropPhoto,
  (response) => "crop" in response ? [response.crop.buffer] : [],
);
