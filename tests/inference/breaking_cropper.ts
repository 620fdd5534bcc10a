/** Cuts a photo of one byte: to a crop of this byte, or it breaks, hangs or refuses it. */
import { answerPipe } from "../../data/answer_pipe.ts";
import { encodeCropResponse, readCropRequest } from "../../data/crop_protocol.ts";

if (import.meta.main) {
  await answerPipe(readCropRequest, ({ photo: [byte], size, following }) => {
    if (byte === 255) { for (;;); }
    if (byte === 254) throw new Error("broke over it");
    const crop = new Uint8Array(byte === 253 ? 1 : 3 * size ** 2).fill(byte);
    const response = byte === 252 ? { refusal: "it is a page" } : { crop };
    return Promise.resolve(encodeCropResponse(response, following));
  });
}
