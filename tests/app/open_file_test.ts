/** How a report is shown. */
import assert from "node:assert/strict";
import { openCommand, openFile } from "../../app/open_file.ts";

Deno.test("each system opens files by its own command; Linux without a screen by none", () => {
  assert.deepEqual(openCommand("/a b.html", "darwin", {}), ["open", "/a b.html"]);
  assert.deepEqual(openCommand("C:\\a&b.html", "windows", {}), ["explorer", "C:\\a&b.html"]);
  for (const screen of ["DISPLAY", "WAYLAND_DISPLAY"]) {
    assert.deepEqual(openCommand("/a.html", "linux", { [screen]: ":0" }), ["xdg-open", "/a.html"]);
  }
  assert.equal(openCommand("/a.html", "linux", { DISPLAY: "" }), undefined);
});

Deno.test("whether a file was opened is what its command says, and a command that is not there says no", async () => {
  const evaluated = (code: string): [string, ...string[]] => [Deno.execPath(), "eval", code];
  assert.equal(await openFile("x", evaluated("Deno.exit(0)")), true);
  assert.equal(await openFile("x", evaluated("Deno.exit(4)")), false);
  assert.equal(await openFile("x", ["there-is-no-such-program", "x"]), false);
});
