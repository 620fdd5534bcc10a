/** Questions at a terminal, with what is typed given piece by piece. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineTerminal } from "../../../app/cli/questions.ts";

/** What is read of `pieces`, one a read; then the end. */
function typed(pieces: readonly Uint8Array[]) {
  let next = 0;
  return {
    read: (into: Uint8Array) => {
      if (next === pieces.length) return Promise.resolve(null);
      into.set(pieces[next]);
      return Promise.resolve(pieces[next++].length);
    },
  };
}

const never = () => new AbortController().signal;

Deno.test("answers are lines, however their bytes come; spaces around are left out", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", ""))),
      fc.array(fc.integer({ min: 1, max: 7 })),
      async (lines, sizes) => {
        const bytes = new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(""));
        const pieces: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 4096;
          pieces.push(bytes.subarray(at, at += size));
        }
        const terminal = new LineTerminal(typed(pieces), () => {}, never());
        for (const line of lines) {
          assert.equal(await terminal.ask("?", "ahead"), line.trim());
        }
        assert.equal(await terminal.ask("?", "ahead"), undefined);
      },
    ),
    { seed: 16 },
  ));

Deno.test("the question stands before its answer; a last line without an end is one, too", async () => {
  let said = "";
  const input = typed([new TextEncoder().encode("photos\nyes")]);
  const terminal = new LineTerminal(input, (text) => said += text, never());
  assert.equal(await terminal.ask("photos:", "ahead"), "photos");
  assert.equal(said, "photos: ");
  assert.equal(await terminal.ask("Go on?", "ahead"), "yes");
  assert.equal(await terminal.ask("Go on?"), undefined);
});

Deno.test("a line that was typed before a question stood there does not answer it", async () => {
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  const input = {
    // As terminals do it: a line is there to be read once it is whole.
    read: async (into: Uint8Array) => {
      while (lines.length === 0) await wake.promise;
      return new TextEncoder().encodeInto(lines.shift()!, into).written;
    },
  };
  const type = (...typed: string[]) => {
    lines.push(...typed);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  let asked = Promise.withResolvers<void>();
  const write = () => asked.resolve();
  // Long enough for all that there is to be read.
  const pause = () => new Promise<void>((done) => setTimeout(done, 0));
  const terminal = new LineTerminal(input, write, never(), pause);
  type("photos\n", "\n", "y\n");
  assert.equal(await terminal.ask("photos:", "ahead"), "photos");
  for (const answer of ["no", "yes"]) {
    asked = Promise.withResolvers();
    const reply = terminal.ask("Go on?");
    await asked.promise;
    type(`${answer}\n`, "y\n");
    assert.equal(await reply, answer);
  }
});

Deno.test("an interrupt ends a question that nobody answers", async () => {
  const controller = new AbortController();
  const silent = { read: () => new Promise<null>(() => {}) };
  const terminal = new LineTerminal(silent, () => {}, controller.signal);
  const asked = terminal.ask("photos:");
  controller.abort(new Error("interrupted"));
  await assert.rejects(asked, /interrupted/);
  await assert.rejects(terminal.ask("photos:"), /interrupted/);
});
