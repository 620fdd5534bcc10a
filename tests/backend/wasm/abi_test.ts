/** What the tables of backend/wasm/abi must hold for both sides to see the same bytes. */
import assert from "node:assert/strict";
import { CODES, CONSTANTS, KERNEL_DATA, PAGE } from "../../../backend/wasm/abi/constants.ts";
import { comment } from "../../../backend/wasm/abi/comment.ts";
import { KERNELS, TRAP } from "../../../backend/wasm/abi/kernels.ts";
import { isRecord, place, wordsOf } from "../../../backend/wasm/abi/layout.ts";
import { constantCase } from "../../../backend/wasm/abi/names.ts";
import { RECORDS } from "../../../backend/wasm/abi/records.ts";
import { Kernel } from "../../../backend/wasm/generated_abi.ts";

Deno.test("fields lie one after another, records with all their words", () => {
  const sourceWords = wordsOf(RECORDS.Source.fields);
  const fields = {
    momentum: { type: "f64" },
    source: { type: "Source" },
    wide: { type: "flag" },
  };
  assert.deepEqual(
    place(fields).map(({ name, word }) => [name, word]),
    [["momentum", 0], ["source", 2], ["wide", 2 + sourceWords]],
  );
  assert.equal(wordsOf(fields), 2 + sourceWords + 1);
});

Deno.test("a double at an odd word is refused", () => {
  assert.throws(() => place({ count: { type: "i32" }, mean: { type: "f64" } }), /mean .* odd word/);
  assert.equal(wordsOf(RECORDS.CommandHeader.fields) % 2, 0);
});

Deno.test("every type is one that both sides know", () => {
  const known = ["address", "i32", "flag", "f32", "f64", ...Object.keys(CODES)];
  const all = [...Object.values(RECORDS), ...Object.values(KERNELS)];
  for (const { fields } of all) {
    for (const [name, field] of Object.entries(fields)) {
      assert.ok(known.includes(field.type) || isRecord(field), `${name}: ${field.type}`);
    }
  }
});

Deno.test("codes have names of their own in the kernels", () => {
  const names = [
    ...Object.values(CODES).flat().map(constantCase),
    ...Object.keys(CONSTANTS),
  ];
  assert.deepEqual(names, [...new Set(names)]);
  assert.equal(constantCase("normalizedGradient"), "NORMALIZED_GRADIENT");
});

Deno.test("what shares the memory below the heap does not overlap", () => {
  const bytes = (name: string) => CONSTANTS[name].value;
  const ring = bytes("COMMANDS") * bytes("COMMAND_BYTES");
  const regions = [
    ...["PUBLISHED", "COMPLETED", "DONE", "PARKED", "THREADS", "NEVER"].map((name) => [
      bytes(name),
      4,
    ]),
    [bytes("NEXT"), 4],
    [bytes("FAILURE_FLAG"), 4],
    [bytes("FAILURE_LENGTH"), 4],
    [bytes("FAILURE_TEXT"), bytes("FAILURE_TEXT_BYTES")],
    [bytes("RING"), ring],
    [KERNEL_DATA, bytes("STAGING") - KERNEL_DATA],
    [bytes("STAGING"), bytes("STAGING_BYTES")],
    [bytes("HEAP"), PAGE],
  ].sort(([a], [b]) => a - b);
  regions.forEach(([start, size], i) => {
    if (i > 0) assert.ok(regions[i - 1][0] + regions[i - 1][1] <= start, `at ${start}`);
    assert.ok(size > 0);
  });
  assert.equal(bytes("COMPLETED"), bytes("NEXT") + 4, "COMPLETED is the high word of NEXT");
  assert.equal(Math.log2(bytes("COMMANDS")) % 1, 0);
  assert.equal(bytes("HEAP") % PAGE, 0);
});

Deno.test("kernels are numbered in the order of their table, and their arguments written in it", () => {
  const { trap, ...kernels } = Kernel;
  assert.deepEqual(Object.keys(kernels), Object.keys(KERNELS));
  assert.deepEqual(
    Object.values(kernels).map(({ number }) => number),
    Object.keys(KERNELS).map((_, i) => i),
  );
  assert.equal(trap.number, TRAP);
  const words: number[] = [], floats: number[] = [], doubles: number[] = [];
  Kernel.foldStatistics.write({ words, floats, doubles }, 4, {
    epsilon: 0.5,
    ...{ gamma: 1, beta: 2, mean: 3, variance: 4, channels: 5, state: 6 },
  });
  assert.equal(doubles[2], 0.5);
  assert.deepEqual(words.slice(6), [1, 2, 3, 4, 5, 6]);
  Kernel.clamp.write({ words, floats, doubles }, 0, {
    ...{ x: 7, out: 8, count: 9, countPerChunk: 10, upper: 0.25 },
  });
  assert.deepEqual(words.slice(0, 4), [7, 8, 9, 10]);
  assert.equal(floats[4], 0.25);
});

Deno.test("a long comment is broken into lines", () => {
  assert.equal(comment(undefined), "");
  assert.equal(comment("Rows a tap.", "  "), "  /** Rows a tap. */\n");
  const lines = comment("word ".repeat(40).trim()).split("\n");
  assert.deepEqual([lines[0], lines.at(-2)], ["/**", " */"]);
  assert.ok(lines.length === 6 && lines.every((line) => line.length <= 100), String(lines.length));
});
