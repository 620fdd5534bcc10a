/** `deno task review` from photos to decisions, and to what the pipeline makes of them. */
import assert from "node:assert/strict";
import { changesOf, type Decision } from "../../data/review/journal.ts";
import { readJournal, updateJournal } from "../../data/review/journal_file.ts";
import { withTempFolder } from "../data/photo_folder.ts";
import { writePhotoFolder } from "./generated_photos.ts";
import { graft } from "./graft.ts";
import { writeRandomWeights } from "./random_weights.ts";

const WHERE = [
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--store=store",
];

Deno.test("a wrong label is found, mended and taken back; no key changes but by a decision", async () => {
  await withTempFolder(async (folder) => {
    await writePhotoFolder(`${folder}/photos`, { train: 9, val: 4 });
    await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
    const photos = `${folder}/photos`;
    await Deno.rename(`${photos}/train/red/3.png`, `${photos}/train/blue/red.png`);

    const listed = await graft(["review", "photos", "--list", "--json", ...WHERE], { cwd: folder });
    assert.equal(listed.code, 0, listed.stderr);
    const findings = listed.json.filter(({ type }) => type === "finding");
    assert.equal(findings[0].kind, "label_issue");
    assert.equal(findings[0].photos[0].path, "train/blue/red.png");
    assert.equal(findings[0].suggestion, "red");
    assert.equal(listed.json.at(-1).photos, 26);

    // What the review made is what the pipeline takes.
    const isKnown = async () => {
      const { json, stderr } = await graft(
        ["plan", "--json", "--data=photos", "--recipe=best", "--branch=frozen", ...WHERE],
        { cwd: folder },
      );
      const made = json.find(({ step }) => step === "download_data");
      assert.ok(made, stderr);
      return made.status === "cached";
    };
    assert.ok(await isKnown());
    const decide = (...decisions: Decision[]) =>
      updateJournal(photos, (journal) => ({ ...journal, decisions }));
    await decide({ decision: "keep", photos: [{ path: "train/red/1.png" }] });
    assert.ok(await isKnown(), "what is kept is no change");
    await decide({ decision: "move", class: "red", photos: [{ path: "train/blue/red.png" }] });
    assert.ok(!await isKnown());

    const applied = await graft(["review", "photos", "--apply", "--json"], { cwd: folder });
    assert.equal(applied.code, 0, applied.stderr);
    assert.deepEqual(applied.json.at(-1).moved, [
      { from: "train/blue/red.png", to: "train/red/red.png" },
    ]);
    const undone = await graft(["review", "photos", "--undo"], { cwd: folder });
    assert.match(undone.stdout, /^1 file moved back/);
    assert.deepEqual(changesOf(await readJournal(photos)).map(({ photo }) => photo), [
      "train/blue/red.png",
    ]);
    await decide();
    assert.ok(await isKnown(), "and all is as it was");
  });
});

Deno.test("a review without a folder, or of what is none, says what to do", async () => {
  await withTempFolder(async (folder) => {
    const without = await graft(["review"], { cwd: folder });
    assert.equal(without.code, 2);
    assert.match(without.stderr, /deno task review DIR/);
    const others: [string, RegExp][] = [
      ["photos.zip", /photos\.zip is no folder: unpack it into one first, and give that folder/],
      ["https://me:hidden@h/x.zip", /https:\/\/h\/x\.zip is no folder: get it into one first/],
      ["ftp://x", /"ftp:\/\/x" is no source of photos/],
    ];
    for (const [source, message] of others) {
      const { code, stderr } = await graft(["review", source], { cwd: folder });
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /hidden/);
    }
  });
});
