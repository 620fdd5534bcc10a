import assert from "node:assert/strict";
import fc from "fast-check";
import { PipeReader } from "../../data/pipe_reader.ts";
import {
  encodeOutputs,
  encodeRequest,
  readOutputs,
  readRequest,
} from "../../inference/predictor_protocol.ts";

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
    fc.array(fc.array(byte, { minLength: 5, maxLength: 5 }), { maxLength: 6 }),
    fc.integer({ min: 1, max: 40 }),
    async (rows, size) => {
      const crops = rows.map((row) => Uint8Array.from(row));
      const input = inPieces(joined(encodeRequest(crops)), size);
      assert.deepEqual((await readRequest(input, 5))?.map((crop) => [...crop]), rows);
      assert.equal(await readRequest(input, 5), undefined);
    },
  ));
});

Deno.test("outputs are read as they were sent, in float32", async () => {
  const values = fc.array(fc.float({ noNaN: true }), { minLength: 5, maxLength: 5 });
  await fc.assert(fc.asyncProperty(
    fc.array(values, { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 50 }),
    async (rows, size) => {
      const outputs = rows.map((row) => ({
        logits: row.slice(0, 2),
        features: Float32Array.from(row.slice(2)),
      }));
      assert.deepEqual(await readOutputs(inPieces(joined(encodeOutputs(outputs)), size)), outputs);
    },
  ));
});

Deno.test("a stream that ends within a message gives nothing", async () => {
  const whole = joined(encodeRequest([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]));
  assert.equal(await readRequest(inPieces(whole.slice(0, -1), 4), 3), undefined);
});
