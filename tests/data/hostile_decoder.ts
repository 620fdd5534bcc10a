/** Decodes as `decode_process.ts` does, but for files whose last byte says what they do to it. */
import { answerPipe } from "../../data/answer_pipe.ts";
import { decodePhoto } from "../../data/decode_photo.ts";
import { encodeDecoded, readDecodeRequest } from "../../data/decode_protocol.ts";

if (import.meta.main) {
  await answerPipe(readDecodeRequest, async ({ file, ...wanted }) => {
    const last = file.at(-1);
    if (last === 251) { for (;;); }
    if (last === 252) { for (const all: unknown[] = [];;) all.push(new Array(100_000).fill(last)); }
    if (last === 253) Deno.exit(3);
    if (last === 254) throw new Error("broke over it");
    return encodeDecoded(await decodePhoto(file, wanted));
  });
}
