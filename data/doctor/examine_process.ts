/** A process that looks at photos of strangers. It has no permission at all. */
import { answerPipe } from "../answer_pipe.ts";
import { decodePhoto } from "../decode_photo.ts";
import { encodeExamined, readExamineRequest } from "./examine_protocol.ts";

if (import.meta.main) {
  await answerPipe(readExamineRequest, async ({ file, exifOrientation }) => {
    const wanted = { exifOrientation, examine: true, withoutPixels: true };
    return encodeExamined(await decodePhoto(file, wanted));
  });
}
