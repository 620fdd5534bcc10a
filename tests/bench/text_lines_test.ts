import assert from "node:assert/strict";
import fc from "fast-check";
import { TextLineStream } from "../../bench/text_lines.ts";

Deno.test("bytes come out as their lines, wherever they were cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: "binary" }).map((line) => line.replaceAll("\n", ""))),
    fc.integer({ min: 1, max: 7 }),
    async (lines, cut) => {
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
      const pieces = Array.from(
        { length: Math.ceil(bytes.length / cut) },
        (_, i) => bytes.slice(i * cut, (i + 1) * cut),
      );
      const read = await Array.fromAsync(
        ReadableStream.from(pieces).pipeThrough(new TextLineStream()),
      );
      const wellFormed = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
      assert.deepEqual(read, wellFormed);
    },
  ));
});

Deno.test("a last line needs no line end", async () => {
  const bytes = ReadableStream.from([new TextEncoder().encode("one\ntwo")]);
  assert.deepEqual(await Array.fromAsync(bytes.pipeThrough(new TextLineStream())), ["one", "two"]);
});
