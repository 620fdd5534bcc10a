/** A process that decodes photos of strangers. It has no permission at all. */
import { answerPipe } from "./answer_pipe.ts";
import { decodePhoto } from "./decode_photo.ts";
import { encodeDecoded, readDecodeRequest } from "./decode_protocol.ts";

if (import.meta.main) {
  await answerPipe(
    readDecodeRequest,
    async ({ file, ...wanted }) => encodeDecoded(await decodePhoto(file, wanted)),
  );
}
