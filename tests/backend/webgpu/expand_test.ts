import assert from "node:assert/strict";
import { type Constants, expand } from "../../../backend/webgpu/expand.ts";

const textOf = (source: string, constants: Constants) => expand(source, constants).text;
const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line);

Deno.test("expressions become literals", () => {
  assert.equal(
    textOf("a[{{N * 2 + 1}}] = {{1 / N}}; {{T}}()", { N: 4, T: "vec4f" }),
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
  assert.deepEqual(lines(textOf(source, { N: 3 })), ["x0", "x1", "y10", "x2", "y20", "y21"]);
  assert.deepEqual(lines(textOf(source, { N: 0 })), []);
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
  assert.deepEqual(lines(textOf(source, { N: 1 })), ["one", "always"]);
  assert.deepEqual(lines(textOf(source, { N: 2 })), ["two", "always"]);
  assert.deepEqual(lines(textOf(source, { N: 3 })), ["many", "always"]);
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
  assert.deepEqual(lines(textOf(source, { N: 1 })), ["1", "2", "7", "1"]);
});

Deno.test("an unclosed, unopened or unknown directive is refused by its line", () => {
  assert.throws(() => textOf("a\n#if 1\nb", {}), /line 2: no #end closes #if 1/);
  assert.throws(() => textOf("a\n#end", {}), /line 2: nothing is open that #end could end/);
  assert.throws(() => textOf("#loop", {}), /line 1: there is no directive #loop/);
  assert.throws(() => textOf("#for i", {}), /line 1: a name and an expression/);
});

const late = (name: string) => name === "F" ? "f32" : name <= "C" ? "i32" : undefined;
/** What a text reads as `sizes`, written in its place. */
const told = ({ text, sizes }: ReturnType<typeof expand>) =>
  text.replaceAll(
    /bitcast<f32>\(sizes\[(\d+)\]\.(\w)\)|sizes\[(\d+)\]\.(\w)/g,
    (_, f, fc, i, ic) => {
      const at = 4 * Number(f ?? i) + "xyzw".indexOf(fc ?? ic);
      return String(f === undefined ? sizes[at] : new Float32Array(sizes.buffer)[at]);
    },
  );

Deno.test("what is told late leaves the text the same, and reads as literals would", () => {
  const source = `
    #let D A * 2
    #let N K + 1
    #for i N
      a[{{A}} + {{D + i}}] = {{i * B - N}}; {{T}}({{F}}) {{K}}
    #end
    #if A > 100
      large {{A}}
    #else
      {{A}} {{B}} {{D - B}} {{A}}
    #end
    {{A > 1 ? "more" : "one"}}`;
  const constants = { K: 2, T: "vec4f", F: 0.25 };
  const texts = [{ A: 3, B: 7 }, { A: 64, B: -1, F: 7 }].map((sizes) => {
    const all = { ...constants, ...sizes }, expanded = expand(source, all, late);
    assert.equal(told(expanded), textOf(source, all));
    return expanded.text;
  });
  assert.equal(texts[0], texts[1]);
  assert.doesNotMatch(texts[0], /\b(3|7|64)\b/);
  const large = { ...constants, A: 101, B: 0 };
  assert.equal(told(expand(source, large, late)), textOf(source, large));
});

Deno.test("what is told late comes in fours, each place once, and is a whole number", () => {
  const { text, sizes } = expand("{{A}} {{B}} {{A}} {{A + B}} {{C}} {{A + B + C}}", {
    A: 1,
    B: -2,
    C: 5,
  }, late);
  assert.equal(
    text,
    "sizes[0].x sizes[0].y sizes[0].x sizes[0].z sizes[0].w sizes[1].x",
  );
  assert.deepEqual([...sizes], [1, -2, -1, 5, 4, 0, 0, 0]);
  assert.equal(expand("{{K}}", { K: 1 }, late).sizes.length, 0);
  assert.throws(() => expand("{{A / 2}}", { A: 1 }, late), /\{\{A \/ 2\}\} is 0\.5/);
});
