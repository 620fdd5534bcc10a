/** `deno task inspect` as a user runs it. */
import assert from "node:assert/strict";
import { decodeImage } from "../../../data/decode.ts";
import { png } from "../../data/image_files.ts";
import { withTempFolder, writeFiles } from "../../data/photo_folder.ts";
import { scene } from "../../data/scene.ts";
import { makeZip } from "../../data/download/make_zip.ts";
import { graft } from "../../tasks/graft.ts";

const FILES: Record<string, Uint8Array | string> = {};
for (let i = 0; i < 6; i++) {
  FILES[`train/<b>ants/${i}.png`] = png(scene(i, 300, 240));
  FILES[`train/bees/${i}.png`] = png(scene(20 + i, 300, 240));
  FILES[`val/<b>ants/${i}.png`] = png(scene(40 + i, 300, 240));
  FILES[`val/bees/${i}.png`] = png(scene(60 + i, 300, 240));
}
FILES["val/bees/\x1b[2J<script>.png"] = FILES["train/bees/3.png"];
FILES["train/bees/cut.jpg"] = "";

Deno.test("a folder is looked at where it is; an error among the findings fails, and the sheet shows them", () =>
  withTempFolder(async (folder) => {
    await writeFiles(`${folder}/photos`, FILES);
    const { code, stdout, stderr } = await graft(["inspect", "photos", "--grid=sheet.png"], {
      cwd: folder,
    });
    assert.equal(code, 1, stderr);
    assert.match(
      stdout,
      /^class +train +val +left out\n\S+ants +6 +6 +0\nbees +6 +7 +1\nall +12 +13 +1\n/,
    );
    assert.match(stdout, /^ERROR .*in train and.*in val/m);
    assert.match(stdout, /train\/bees\/3\.png = val\/bees\/\u{FFFD}\[2J<script>\.png/u);
    assert.match(
      stdout,
      /25 photos looked at, 1 photo left out \(1 not an image\): 1 error, 3 warnings, 0 notes/,
    );
    assert.match(
      stdout,
      /^of the photos' area, .* leaves out \d\d%; --fit pad lets it see them whole$/m,
    );
    const { width } = await decodeImage(await Deno.readFile(`${folder}/sheet.png`));
    assert.ok(width > 1000);
  }));

Deno.test("a zip is looked at too; --json gives a finding a line and a summary", () =>
  withTempFolder(async (folder) => {
    const entries = Object.entries(FILES)
      .filter(([path]) => !path.includes("\x1b"))
      .map(([path, content]) => ({ name: `mine/${path}`, content }));
    await Deno.writeFile(`${folder}/photos.zip`, makeZip(entries));
    const { code, json, stderr } = await graft(["inspect", "photos.zip", "--json"], {
      cwd: folder,
    });
    assert.equal(code, 0, stderr);
    const [summary, ...findings] = json.toReversed();
    assert.equal(summary.photos, 24);
    assert.ok(summary.cut_off > 0.2 && summary.cut_off < 0.5, "of photos of about 4 to 3");
    assert.equal(summary.findings, findings.length);
    assert.deepEqual(summary.classes[1], { class: "bees", train: 6, val: 6, test: 0, left_out: 1 });
    const broken = findings.find(({ kind }) => kind === "undecodable");
    assert.deepEqual(broken.files, ["mine/train/bees/cut.jpg"]);
    assert.match(broken.cost, /less to learn from/);
  }));

Deno.test("inspect without photos, and with a folder that is not there, says what to do", () =>
  withTempFolder(async (folder) => {
    const without = await graft(["inspect"], { cwd: folder });
    assert.equal(without.code, 2);
    assert.match(without.stderr, /deno task inspect DIR/);
    const nowhere = await graft(["inspect", "nowhere"], { cwd: folder });
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /nowhere", but there is no such folder/);
  }));

Deno.test("a class of a single photo is named where photos are yet to be divided, with the remedy", () =>
  withTempFolder(async (folder) => {
    const photo = (i: number) => png(scene(i, 300, 240));
    await writeFiles(`${folder}/photos`, {
      "ants/1.png": photo(1),
      ...Object.fromEntries([2, 3, 4, 5].map((i) => [`bees/${i}.png`, photo(i)])),
    });
    const { code, stdout } = await graft(["inspect", "photos"], { cwd: folder });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ERROR +The class folder ants\/ of \S*photos has a single photo, .*\n +- No model.*\n +> Add photos or remove/m,
    );
  }));
