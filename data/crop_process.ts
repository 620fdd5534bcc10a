/** A process that cuts photos of strangers for a model. It has no permission at all. */
import { answerPipe } from "./answer_pipe.ts";
import { cropPhoto } from "./crop_photo.ts";
import { encodeCropResponse, readCropRequest } from "./crop_protocol.ts";

if (import.meta.main) {
  await answerPipe(
    readCropRequest,
    async ({ following, ...request }) => encodeCropResponse(await cropPhoto(request), following),
  );
}
