import assert from "node:assert/strict";
import { expand } from "../../../backend/webgpu/expand.ts";

const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line);

Deno.test("expressions become literals", () => {
  assert.equal(
    expand("a[{{N * 2 + 1}}] = {{1 / N}}; {{T}}()", { N: 4, T: "vec4f" }),
    "a[9] = 0.25; vec4f()",
  );
});

Deno.test("loops are written out, nested ones too, and none for a count of zero", () => {
  const source = `
    #for i N
      x{{i}}
      #for j i
        y{{i}}{{j}}
      #end
    #end`;
  assert.deepEqual(lines(expand(source, { N: 3 })), ["x0", "x1", "y10", "x2", "y20", "y21"]);
  assert.deepEqual(lines(expand(source, { N: 0 })), []);
});

Deno.test("of a condition's branches one is kept, whatever the other holds", () => {
  const source = `
    #if N > 1
      #if N > 2
        many
      #else
        two
      #end
    #else
      one
    #end
    always`;
  assert.deepEqual(lines(expand(source, { N: 1 })), ["one", "always"]);
  assert.deepEqual(lines(expand(source, { N: 2 })), ["two", "always"]);
  assert.deepEqual(lines(expand(source, { N: 3 })), ["many", "always"]);
});

Deno.test("a constant holds up to the end of its block", () => {
  const source = `
    #for i 2
      #let D i + N
      {{D}}
    #end
    #if 1
      #let N 7
      {{N}}
    #end
    {{N}}`;
  assert.deepEqual(lines(expand(source, { N: 1 })), ["1", "2", "7", "1"]);
});

Deno.test("an unclosed, unopened or unknown directive is refused by its line", () => {
  assert.throws(() => expand("a\n#if 1\nb", {}), /line 2: no #end closes #if 1/);
  assert.throws(() => expand("a\n#end", {}), /line 2: nothing is open that #end could end/);
  assert.throws(() => expand("#loop", {}), /line 1: there is no directive #loop/);
  assert.throws(() => expand("#for i", {}), /line 1: a name and an expression/);
});
