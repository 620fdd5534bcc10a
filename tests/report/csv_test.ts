import assert from "node:assert/strict";
import { csvLine } from "../../report/csv.ts";

Deno.test("cells are quoted where RFC 4180 says so", () => {
  assert.equal(csvLine(["a", 'b "c"', "d,e", 1, 0.5]), 'a,"b ""c""","d,e",1,0.5');
});

Deno.test("no cell is a formula, however it begins", () => {
  // The six of OWASP's, and the full width that some spreadsheets take for the same.
  for (const begin of ["=", "+", "-", "@", "＝", "＋", "－", "＠"]) {
    const line = csvLine(["x", `${begin}HYPERLINK("http://evil","ants")`]);
    assert.equal(line, `x,"'${begin}HYPERLINK(""http://evil"",""ants"")"`);
  }
  for (const begin of ["\t", "\r", "\n"]) assert.match(csvLine([`${begin}=1+1`]), /^"?'/);
});

Deno.test("numbers stay numbers, also negative ones", () => {
  assert.equal(csvLine([-1, "-0.5", "+2", "-1e-3", "1e-3"]), "-1,-0.5,+2,-1e-3,1e-3");
  assert.equal(csvLine(["-1+cmd|' /C calc'!A0"]), "'-1+cmd|' /C calc'!A0");
});

Deno.test("a cell steers no terminal that shows the file, but may have lines and tabs", () => {
  assert.equal(csvLine(["a\x1b[2J\nb\u202e\tc\r"]), '"a\u{FFFD}[2J\nb\u{FFFD}\tc\u{FFFD}"');
});
