/** Names and words of strangers where a terminal shows them. */
import assert from "node:assert/strict";
import { StepLog } from "../../../pipeline/executors/step_log.ts";
import { printable, printableJson, printableLines } from "../../../pipeline/process/printable.ts";
import * as ofReport from "../../../report/text.ts";
import { Folder } from "../rig.ts";

/** ESC, OSC 8, C1's CSI, BEL, DEL, right-to-left override and marks, isolates, line separator, half a pair. */
const EVIL = [
  "\x1b[2J",
  "\x1b]8;;http://evil\x1b\\",
  "\x9b2J",
  "\x07",
  "\x7f",
  "\u202e",
  "\u200f",
  "\u061c",
  "\u2066",
  "\u2028",
  "\ud800",
];
/** What a terminal obeys, and what turns text around: ECMA-48's C0 and C1, UAX 9's controls. */
const OBEYED = [
  ...[[0, 8], [0xb, 0x1f], [0x7f, 0x9f], [0x61c, 0x61c], [0x200e, 0x200f], [0x2028, 0x202e]],
  ...[[0x2066, 0x2069], [0xd800, 0xdfff]],
];

function assertHarmless(text: string): void {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const obeyed = OBEYED.some(([first, last]) => first <= code && code <= last);
    assert.ok(!obeyed, `U+${code.toString(16)} in ${JSON.stringify(text)}`);
  }
}

Deno.test("nothing that a terminal obeys is left in a name, nor a second line", () => {
  for (const evil of EVIL) {
    const shown = printable(`a${evil}b\nc\td\r`);
    assertHarmless(shown);
    assert.doesNotMatch(shown, /[\n\t\r]/);
    assert.ok(shown.startsWith("a\u{FFFD}") && shown.includes("b"));
  }
});

Deno.test("every character that is not obeyed stays: letters of all scripts, joiners, emoji", () => {
  for (const text of ["ants and bees", "муравьи", "می‌خواهم", "नमस्‍ते", "👩‍👧", "é", "𝔸", " "]) {
    assert.equal(printable(text), text);
  }
});

Deno.test("lines and tabs stay in text of several lines; a return alone is a line's end", () => {
  assert.equal(printableLines("10%\r20%\r\n\tdone\x1b[0m\n"), "10%\n20%\n\tdone\u{FFFD}[0m\n");
});

Deno.test("JSON says the same, and shows nothing that a terminal obeys", () => {
  for (const evil of EVIL) {
    const value = { name: `x${evil}y`, ["k" + evil]: [1, null] };
    const text = printableJson(value);
    assertHarmless(text);
    assert.deepEqual(JSON.parse(text), value);
  }
});

Deno.test("the orchestrator and reports agree on each of the 1.1 million characters", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (printable(character) !== ofReport.printable(character)) assert.fail(code.toString(16));
  }
});

Deno.test("a step's log and its tail steer no terminal", () => {
  using folder = new Folder();
  const path = `${folder.path}/step.log`;
  {
    using log = new StepLog(path);
    for (const evil of EVIL) log.write(`photo ${evil}.png`);
    log.write("two\nlines");
    assert.deepEqual(log.tail.slice(-2), ["two", "lines"]);
    assert.equal(log.tail.length, EVIL.length + 2);
    assertHarmless(log.tail.join(""));
  }
  assertHarmless(Deno.readTextFileSync(path));
  assert.equal(Deno.readTextFileSync(path).split("\n").length, EVIL.length + 3);
});
