/** Expressions of the kernels, as bundles have them, are those that Deno makes functions of. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelExpressions, namesIn } from "../../../app/packages/kernel_expressions.ts";
import { rewrittenModules } from "../../../app/packages/rewritten.ts";
import { expand } from "../../../backend/webgpu/expand.ts";

const EXPAND = new URL("../../../backend/webgpu/expand.ts", import.meta.url).href;

/** The rewritten module; it imports nothing. */
async function rewrittenExpand(): Promise<typeof expand> {
  const source = (await rewrittenModules())[EXPAND];
  assert.doesNotMatch(source, /new Function/);
  const url = URL.createObjectURL(new Blob([source], { type: "application/typescript" }));
  try {
    return (await import(url)).expand;
  } finally {
    URL.revokeObjectURL(url);
  }
}

Deno.test("every expression of the kernels has the value that it has in Deno", async () => {
  const rewritten = await rewrittenExpand();
  const expressions = await kernelExpressions();
  assert.ok(expressions.length > 100);
  assert.ok(expressions.includes("2 * dy_C"), "operands are there by the names that kernels give");
  const constant = fc.oneof(
    fc.integer({ min: 0, max: 64 }),
    fc.constantFrom("relu", "stored", "queries", true, false),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...expressions),
      fc.array(constant, { minLength: 8, maxLength: 8 }),
      (expression, values) => {
        const constants = Object.fromEntries(
          namesIn(expression).map((name, i) => [name, values[i]]),
        );
        const source = `{{${expression}}}`;
        assert.equal(rewritten(source, constants).text, expand(source, constants).text);
      },
    ),
    { seed: 5, numRuns: 3000 },
  );
});

Deno.test("what no kernel had when it was bundled is refused, not guessed", async () => {
  const rewritten = await rewrittenExpand();
  assert.throws(() => rewritten("{{A + 41}}", { A: 1 }), /no kernel had this .* A \+ 41/);
  assert.throws(() => rewritten("{{constructor}}", {}), /no kernel had this/);
});

Deno.test("names are those of constants, not of properties or of JavaScript", () => {
  assert.deepEqual(namesIn("Math.floor(A / 2) + SIZE.length"), ["A", "SIZE"]);
  assert.deepEqual(namesIn('V > 1 ? "." + "xyzw"[e] : `${B[t + 1]}`'), ["B", "V", "e", "t"]);
});
