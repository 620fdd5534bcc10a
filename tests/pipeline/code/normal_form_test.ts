import assert from "node:assert/strict";
import fc from "fast-check";
import { normalForm } from "../../../pipeline/code/normal_form.ts";

const CODE = `/** Adds. */
import { b } from "./b.ts"; // beside
export function add(a: number, c = /\\/\\/ no comment/.test("x // y")): string {
  return \`\${a} /* text */ // text
   \${c ? b : 'it\\'s'}\`; /* the end */
}
`;

Deno.test("comments, blank space, quotes and trailing commas do not change a module's normal form", () => {
  const form = normalForm(CODE, true);
  assert.ok(form);
  const alike = [
    CODE.replace("/** Adds. */", "// Adds two numbers"),
    CODE.replace("// beside", "").replace("/* the end */", ""),
    CODE.replace("(a: number, c", "(\n  a: number, // first\n  c"),
    CODE.replace("{ b }", "{\n  b,\n}").replace('"./b.ts"', "'./b.ts'"),
    CODE.replaceAll(";", ""),
    CODE.replace("c ? b", "(c) ? (b)"),
    CODE.replaceAll("\n", "\r\n"),
  ];
  for (const code of alike) assert.equal(normalForm(code, true), form, code);
});

Deno.test("what a module does changes its normal form: also in texts, templates and patterns", () => {
  const edits: [string, string][] = [
    ["./b.ts", "./c.ts"],
    ["/* text */", ""],
    ["// text\n   ", "// text\n"],
    ["no comment", "no  comment"],
    ["x // y", "x // z"],
    ["return `", "return\n`"],
    ["c = ", "c ??= "],
    ["a: number", "a: string"],
    ["export ", ""],
    ["c ? b", "!c ? b"],
  ];
  const forms = edits.map(([from, to]) => {
    assert.notEqual(CODE.replace(from, to), CODE);
    return normalForm(CODE.replace(from, to), true);
  });
  // One of the edits is no TypeScript any more.
  assert.equal(forms.filter((form) => form === undefined).length, 1);
  assert.equal(new Set([normalForm(CODE, true), ...forms]).size, edits.length + 1);
});

Deno.test("no two texts are taken for one, whatever their characters", () => {
  const code = (text: string) => `export default [${JSON.stringify(text)}, \`${quoted(text)}\`];`;
  const quoted = (text: string) => text.replace(/[`$\\]/g, "\\$&");
  const text = fc.string({ unit: fc.constantFrom("/", "*", "`", "$", "{", "\\", "'", " ", "\n") });
  fc.assert(fc.property(text, text, (a, b) => {
    assert.ok(normalForm(code(a), true));
    assert.equal(normalForm(code(a), true) === normalForm(code(b), true), a === b);
  }));
});

Deno.test("numbers of every kind are told apart", () => {
  const numbers = ["1", "1n", "'1'", "-1", "1.5", "9007199254740993n", "9007199254740992n"];
  assert.equal(new Set(numbers.map((number) => normalForm(number, true))).size, numbers.length);
  assert.equal(normalForm("0x10", true), normalForm("16", true));
});

Deno.test("what only TypeScript's grammar reads is read as JavaScript in a script", () => {
  assert.notEqual(normalForm("a < b > (c)", true), normalForm("a < b > (c)", false));
  assert.equal(normalForm("let a: number", false), undefined);
});

Deno.test("every module of this project has a normal form", async () => {
  for (const room of ["pipeline", "tasks", "data", "backend", "training"]) {
    const folder = new URL(`../../${room}/`, import.meta.url);
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.endsWith(".ts")) continue;
      const code = await Deno.readTextFile(new URL(name, folder));
      assert.ok(normalForm(code, true), name);
    }
  }
});
