import assert from "node:assert/strict";
import { writeFolder } from "../../app/write_folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a folder is written whole, and nothing in it is replaced unasked", async () => {
  const folder = await Deno.makeTempDir();
  const out = `${folder}/new/site`;
  try {
    const written = await writeFolder(
      out,
      new Map([["a/b.js", bytes("1")], ["c", bytes("2")]]),
      false,
    );
    assert.deepEqual(written, [{ path: `${out}/a/b.js`, bytes: 1 }, {
      path: `${out}/c`,
      bytes: 1,
    }]);
    const again = new Map([["new", bytes("3")], ["c", bytes("4")]]);
    await assert.rejects(
      writeFolder(out, again, false),
      /c is there already: choose another --out/,
    );
    assert.equal(await Deno.readTextFile(`${out}/c`), "2");
    await assert.rejects(Deno.stat(`${out}/new`));
    await writeFolder(out, again, true);
    assert.equal(await Deno.readTextFile(`${out}/c`), "4");
    assert.equal(await Deno.readTextFile(`${out}/a/b.js`), "1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
