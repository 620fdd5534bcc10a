import assert from "node:assert/strict";
import fc from "fast-check";
import { Joiner, PipeReader } from "../../data/pipe_reader.ts";

/** Pieces of what is sent, in the ways in which they may come. */
const SOURCES: Record<string, (pieces: Uint8Array[]) => PipeReader> = {
  "chunks of a stream": (pieces) => new PipeReader(ReadableStream.from(pieces)),
  "a stream that fills buffers": (pieces) => {
    const left = pieces.filter(({ length }) => length > 0);
    return new PipeReader(
      new ReadableStream({
        type: "bytes",
        pull(controller) {
          const next = left.shift();
          if (next) controller.enqueue(next.slice());
          else {
            controller.close();
            controller.byobRequest?.respond(0);
          }
        },
      }),
    );
  },
  "one buffer that is filled again": (pieces) => {
    const left = [...pieces], buffer = new Uint8Array(100);
    return new PipeReader(() => {
      const next = left.shift();
      if (!next) return undefined;
      buffer.set(next);
      return buffer.subarray(0, next.length);
    });
  },
  "what is put where it is wanted": (pieces) => {
    let left = Uint8Array.from(pieces.flatMap((piece) => [...piece])), size = 1;
    return new PipeReader((room) => {
      if (left.length === 0) return undefined;
      const part = left.subarray(0, Math.min(room.length, size++));
      left = left.subarray(part.length);
      room.set(part);
      return room.subarray(0, part.length);
    });
  },
};

for (const [kind, readerOf] of Object.entries(SOURCES)) {
  Deno.test(`exact amounts are read from ${kind}, and nothing where it ends before`, async () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(pieces, fc.array(fc.nat(60)), async (pieces, lengths) => {
        const sent = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const input = readerOf(pieces);
        let at = 0;
        for (const length of lengths) {
          const read = await input.read(length);
          if (at + length > sent.length) return assert.equal(read, undefined);
          assert.deepEqual(read, sent.slice(at, at + length));
          at += length;
        }
      }),
    );
  });
}

Deno.test("what is borrowed is the same bytes, until others are", async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 });
  await fc.assert(fc.asyncProperty(pieces, async (pieces) => {
    const input = SOURCES["one buffer that is filled again"](pieces);
    for (const piece of pieces) {
      const kept = await input.read(0);
      assert.deepEqual(await input.borrow(piece.length), piece);
      assert.equal(kept?.length, 0);
    }
    assert.equal(await input.borrow(1), undefined);
  }));
});

Deno.test("parts that are joined are the same bytes, each time", () => {
  const joiner = new Joiner();
  const flat = (parts: readonly Uint8Array[]) =>
    Uint8Array.from(parts.flatMap((part) => [...part]));
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (parts) => {
      const joined = joiner.join(parts);
      assert.equal(joined.length, 1);
      assert.deepEqual(flat(joined), flat(parts));
    }),
  );
  const large = [new Uint8Array(5_000_000), Uint8Array.of(1)];
  assert.equal(joiner.join(large), large, "it is not copied");
});
