/** Answers one byte by itself, but for those that say what goes wrong. */
import { answerPipe } from "../../data/answer_pipe.ts";

if (import.meta.main) {
  if (Deno.args[0] === "broken") throw new Error("cannot begin");
  await answerPipe((input) => input.read(1), (request) => {
    const [byte] = request;
    if (byte === 255) { for (;;); }
    if (byte === 254) throw new Error("broke over it");
    if (byte === 253) console.log("a stray line"); // must not count as an answer
    if (byte === 252) Deno.readTextFileSync(import.meta.filename!);
    return Promise.resolve([
      Uint8Array.of(byte),
      new Uint8Array(new Uint32Array([Deno.pid]).buffer),
    ]);
  });
}
