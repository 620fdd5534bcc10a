import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCropResponse, readCropResponses } from "../../data/crop_protocol.ts";
import { PipeReader } from "../../data/pipe_reader.ts";
import type { PhotoOutput } from "../../inference/predictor.ts";
import { encodeOutputs, encodeRequest, readOutputs } from "../../inference/predictor_protocol.ts";

const joined = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Bytes as a pipe may give them: cut wherever `size` ends. */
const inPieces = (bytes: Uint8Array, size: number) =>
  new PipeReader(
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) {
          controller.enqueue(bytes.slice(at, at + size));
        }
        controller.close();
      },
    }),
  );

const byte = fc.integer({ min: 0, max: 255 });

Deno.test("a request is read as it was sent, wherever the pipe cuts it, and then there is none", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.array(byte, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 40 }),
    async (rows, size) => {
      const crops = rows.map((row) => Uint8Array.from(row));
      const input = inPieces(joined(encodeRequest(crops)), size);
      assert.deepEqual(await readCropResponses(input), crops.map((crop) => ({ crop })));
      assert.equal(await readCropResponses(input), undefined);
    },
  ));
});

Deno.test("crops and refusals of a batch come together, those of the next apart", async () => {
  const crop = Uint8Array.of(1, 2, 3), refusal = "it is a « page »";
  const parts = [{ crop }, { refusal }, { crop }, { refusal }]
    .flatMap((response, i) => encodeCropResponse(response, [2, 1, 0, 0][i]));
  const input = inPieces(joined(parts), 7);
  assert.deepEqual(await readCropResponses(input), [{ crop }, { refusal }, { crop }]);
  assert.deepEqual(await readCropResponses(input), [{ refusal }]);
});

Deno.test("outputs are read as they were sent, in float32, refusals between them", async () => {
  const values = fc.array(fc.float({ noNaN: true }), { minLength: 5, maxLength: 5 });
  await fc.assert(fc.asyncProperty(
    fc.array(fc.oneof(values, fc.string({ minLength: 1 })), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 50 }),
    async (rows, size) => {
      const outputs = rows.map((row): PhotoOutput =>
        typeof row === "string" ? { refusal: row.toWellFormed() } : {
          logits: row.slice(0, 2),
          features: Float32Array.from(row.slice(2)),
        }
      );
      const sent = joined([...encodeOutputs(outputs), ...encodeOutputs(outputs)]);
      const input = inPieces(sent, size);
      assert.deepEqual(await readOutputs(input), outputs);
      assert.deepEqual(await readOutputs(input), outputs);
    },
  ));
});

Deno.test("a stream that ends within a message gives nothing", async () => {
  const whole = joined(encodeRequest([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]));
  assert.equal(await readCropResponses(inPieces(whole.slice(0, -1), 4)), undefined);
  const outputs = joined(
    encodeOutputs([{ refusal: "no" }, { logits: [1], features: new Float32Array(1) }]),
  );
  assert.equal(await readOutputs(inPieces(outputs.slice(0, -1), 4)), undefined);
});
