import assert from "node:assert/strict";
import fc from "fast-check";
import {
  changesOf,
  emptyJournal,
  formatJournal,
  JOURNAL,
  type Journal,
  parseJournal,
} from "../../../data/review/journal.ts";
import { readJournal, updateJournal } from "../../../data/review/journal_file.ts";
import { withTempFolder } from "../photo_folder.ts";

const DIGEST = "0".repeat(64);

Deno.test("the last decision on a photo counts, of a group as of one", () => {
  const journal = parseJournal(
    JSON.stringify({
      schema: 1,
      decisions: [
        { decision: "move", class: "bees", photos: ["ants/1.jpg", { path: "ants/2.jpg" }] },
        { decision: "set aside", photos: [{ path: "ants/3.jpg", sha256: DIGEST }], at: "today" },
        { decision: "keep", photos: ["ants/1.jpg"] },
      ],
    }),
    "j",
  );
  assert.deepEqual(changesOf(journal), [
    { photo: "ants/2.jpg", class: "bees" },
    { photo: "ants/3.jpg", sha256: DIGEST },
  ]);
});

Deno.test("what was edited wrongly is named, with its place and what to do", () => {
  const wrong: [unknown, RegExp][] = [
    [{ schema: 2 }, /schema: another version of graft wrote it/],
    [
      { schema: 1, decisions: [{ decision: "delete", photos: ["a/1.jpg"] }] },
      /decisions 1.*"keep"/,
    ],
    [{ schema: 1, decisions: [{ decision: "move", photos: ["a/1.jpg"] }] }, /decisions 1\.class/],
    [{ schema: 1, decisions: [{ decision: "keep", photos: ["../1.jpg"] }] }, /photos 1/],
    [{ schema: 1, decisions: [{ decision: "keep", photos: ["/etc/passwd"] }] }, /photos 1/],
    [{ schema: 1, decisions: [{ decision: "keep", photos: [] }] }, /decisions 1\.photos/],
    [{ schema: 1, decision: [] }, /decision/],
    [
      { schema: 1, decisions: [{ decision: "move", class: "a/b", photos: ["a/1.jpg"] }] },
      /the class "a\/b" has a slash in it/,
    ],
  ];
  for (const [json, message] of wrong) {
    assert.throws(() => parseJournal(JSON.stringify(json), "graft-review.json"), (error: Error) => {
      assert.match(error.message, message);
      assert.match(error.message, /^graft-review\.json .*: mend that, or move the file away/);
      return true;
    });
  }
  assert.throws(() => parseJournal("{", "j"), /no whole JSON/);
});

Deno.test("no text makes the reading of a journal end otherwise than with words or a journal", () => {
  const json = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ schema: fc.constant(1), decisions: fc.array(fc.anything()) }).map((value) => {
      try {
        return JSON.stringify(value);
      } catch {
        return "";
      }
    }),
  );
  fc.assert(
    fc.property(json, (text) => {
      let journal: Journal;
      try {
        journal = parseJournal(text, "the journal");
      } catch (error) {
        assert.equal((error as Error).constructor, Error);
        assert.match((error as Error).message, /^the journal /);
        return;
      }
      assert.deepEqual(parseJournal(formatJournal(journal), "j"), journal);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("who changes the journal at once with others loses nothing of theirs", async () => {
  await withTempFolder(async (folder) => {
    assert.deepEqual(await readJournal(folder), emptyJournal());
    await Promise.all(Array.from({ length: 12 }, (_, i) =>
      updateJournal(folder, (journal) => ({
        ...journal,
        decisions: [...journal.decisions, { decision: "keep", photos: [{ path: `a/${i}.jpg` }] }],
      }))));
    const { decisions } = await readJournal(folder);
    assert.equal(new Set(decisions.map(({ photos: [{ path }] }) => path)).size, 12);
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      ["graft-review", JOURNAL],
    );
  });
});

Deno.test("a journal that could not be read again is not written", async () => {
  await withTempFolder(async (folder) => {
    await updateJournal(folder, (journal) => journal);
    const before = await Deno.readTextFile(`${folder}/${JOURNAL}`);
    await assert.rejects(updateJournal(folder, (journal) => ({
      ...journal,
      decisions: [{ decision: "keep", photos: [{ path: "../x" }] }],
    })));
    assert.equal(await Deno.readTextFile(`${folder}/${JOURNAL}`), before);
  });
});
