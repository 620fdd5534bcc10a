/** What the doctor says of how photos will be divided is what the pipeline then does. */
import assert from "node:assert/strict";
import { classTable } from "../../../data/doctor/class_table.ts";
import { diagnose } from "../../../data/doctor/diagnose.ts";
import { examineFolder } from "../../../data/doctor/examine.ts";
import { type Change, changesOf } from "../../../data/review/journal.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { classTableLines } from "../../../report/class_table_lines.ts";
import { png } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

const photo = (seed: number) => png(scene(seed, 48, 36));
const VIEWING = { resize: 32, size: 28, exifOrientation: true };

/** Photos that nobody divided, with copies, a cut one, and a class of three. */
function undivided(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 12; i++) files[`ants/${i}.png`] = photo(i);
  for (let i = 0; i < 4; i++) files[`ants/copy of ${i}.png`] = photo(0);
  for (let i = 0; i < 9; i++) files[`bees/${i}.png`] = photo(50 + i);
  for (let i = 0; i < 3; i++) files[`wasps/${i}.png`] = photo(80 + i);
  files["wasps/cut.png"] = photo(90).slice(0, 60);
  return files;
}

async function tables(folder: string, out: string, review: Change[] = []) {
  const collection = await examineFolder(folder, "mine", { exifOrientation: true, review });
  const { counts } = await materialize({ kind: "folder", path: folder }, out, {
    seed: 0,
    parts: 3,
    review,
  });
  const rows = classTable(collection.files, collection.parts);
  const said = rows.map(({ className, train, val, leftOut }) => [className, train + val + leftOut]);
  const done = Object.keys(counts.train).map((name) => [
    name,
    counts.train[name] + counts.val[name],
  ]);
  assert.deepEqual(said, done);
  return { collection, rows, counts };
}

Deno.test("photos for validation are counted as the pipeline keeps them aside, copies on one side", () =>
  withTempFolder(async (top) => {
    const folder = `${top}/photos`;
    await writeFiles(folder, undivided());
    const { collection, rows, counts } = await tables(folder, `${top}/out`);
    for (const { className, val } of rows) {
      // The pipeline leaves what is cut out of what it packs, on whichever side.
      if (className !== "wasps") assert.equal(val, counts.val[className!], className);
    }
    const cut = rows.find(({ className }) => className === "wasps")!;
    assert.equal(cut.leftOut, 1);
    const val = rows.reduce((sum, row) => sum + row.val, 0);
    const findings = diagnose(collection, VIEWING);
    const interval = findings.find(({ kind }) => kind === "accuracy_interval")!;
    assert.match(interval.title, new RegExp(`^with ${val} val photos,`));
  }));

Deno.test("what a review decided counts, in the table as in the pipeline", () =>
  withTempFolder(async (top) => {
    const folder = `${top}/photos`;
    await writeFiles(folder, undivided());
    const review = changesOf({
      decisions: [
        { decision: "move", class: "bees", photos: [{ path: "ants/7.png" }] },
        { decision: "set aside", photos: [{ path: "ants/8.png" }] },
      ],
    });
    const { rows, collection } = await tables(folder, `${top}/out`, review);
    const all = (name: string) => {
      const { train, val } = rows.find(({ className }) => className === name)!;
      return train + val;
    };
    assert.deepEqual([all("ants"), all("bees")], [14, 10]);
    const note = collection.beside!.find(({ title }) => title.startsWith("graft-review.json"))!;
    assert.match(note.title, /1 photo in another class, 1 photo set aside/);
  }));

Deno.test("the table is one for people, and no class's name can steer a terminal", () => {
  const row = { train: 12, val: 3, test: 0, leftOut: 0 };
  assert.deepEqual(
    classTableLines([
      { ...row, className: "ants" },
      { ...row, className: "\x1b[2Jbees", train: 5, leftOut: 2 },
      { train: 0, val: 0, test: 0, leftOut: 4 },
    ]),
    [
      "class          train  val  left out",
      "ants              12    3         0",
      "\u{FFFD}[2Jbees           5    3         2",
      "(in no class)      0    0         4",
      "all               17    6         6",
    ],
  );
});
