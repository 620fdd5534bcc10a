/** Each finding, on files that the test makes for it. */
import assert from "node:assert/strict";
import { diagnose } from "../../../data/doctor/diagnose.ts";
import { examineFolder } from "../../../data/doctor/examine.ts";
import type { Finding, FindingKind } from "../../../data/doctor/finding.ts";
import { resize } from "../../../data/resize.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import { animatedPng, exifOf, png, png16, withExif } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

const VIEWING = { resize: 32, size: 28, exifOrientation: true };
const WIDTH = 48, HEIGHT = 36;

const fixture = (name: string) =>
  Uint8Array.from(
    atob(photoFiles.find((file) => file.name === name)!.file),
    (c) => c.charCodeAt(0),
  );
const photo = (seed: number, grey = false) => png(scene(seed, WIDTH, HEIGHT, grey));

/** Two classes without anything to find: `train` and `val` photos of each. */
function healthy(train = 20, val = 195): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  let seed = 0;
  for (const name of ["ants", "bees"]) {
    for (let i = 0; i < train; i++) files[`train/${name}/${i}.png`] = photo(seed++);
    for (let i = 0; i < val; i++) files[`val/${name}/${i}.png`] = photo(seed++);
  }
  return files;
}

/** Few photos, as examining many takes long; what this finds is not asked for. */
const FEW = healthy(6, 3);

async function find(files: Record<string, Uint8Array | string>): Promise<Finding[]> {
  let findings: Finding[] = [];
  await withTempFolder(async (folder) => {
    await writeFiles(folder, files);
    findings = diagnose(await examineFolder(folder, "mine", VIEWING), VIEWING);
  });
  return findings;
}

const CASES: {
  kind: FindingKind;
  files: Record<string, Uint8Array | string>;
  severity: Finding["severity"];
  title: RegExp;
  named?: string[];
  groups?: string[][];
}[] = [
  {
    kind: "truncated",
    files: { "train/ants/cut.jpg": fixture("4:2:0.jpeg").slice(0, -40) },
    severity: "warning",
    title: /^1 photo is cut off/,
    named: ["train/ants/cut.jpg"],
  },
  {
    kind: "undecodable",
    files: { "train/ants/page.jpg": "<html>", "val/bees/other.png": "<html>" },
    severity: "warning",
    title: /^2 photos are left out.*not an image.*a web page/,
    named: ["train/ants/page.jpg", "val/bees/other.png"],
  },
  {
    kind: "unread_format",
    files: { "train/ants/IMG_1.CR2": "II*", "train/ants/notes.txt": "ants" },
    severity: "warning",
    title: /1 photo is passed over.*cr2/,
    named: ["train/ants/IMG_1.CR2"],
  },
  {
    kind: "unread_name",
    files: {
      "train/ants/a.jfif": fixture("4:2:0.jpeg"),
      "train/ants/b.JPE": fixture("4:2:0.jpeg"),
      "train/ants/nameless": fixture("4:2:0.jpeg"),
      "train/ants/LICENSE": "words",
    },
    severity: "warning",
    title: /3 photos are passed over for the name.*: \.jfif, \.JPE, no ending/,
    named: ["train/ants/a.jfif", "train/ants/b.JPE", "train/ants/nameless"],
  },
  {
    kind: "passed_over",
    files: { "train/ants/1.xmp": "<x/>", "train/ants/2.xmp": "<x/>", "train/ants/notes.txt": "" },
    severity: "note",
    title: /passed over 3 files that are no photos \(\.xmp, \.txt\)/,
  },
  {
    kind: "folder_use",
    files: { "unsorted/1.png": photo(710) },
    severity: "note",
    title: /^unsorted\/ was left out$/,
  },
  {
    kind: "divided_series",
    files: Object.fromEntries(
      [["train/ants/b1.png", 0], ["val/ants/b2.png", 8], ["train/bees/b3.png", 30], [
        "val/bees/b4.png",
        50,
      ]].map(([path, second]) => [
        path,
        withExif(
          photo(720 + Number(second)),
          exifOf({ taken: `2024:05:01 12:00:${String(second).padStart(2, "0")}`, model: "Camera" }),
        ),
      ]),
    ),
    severity: "warning",
    title: /^2 photos in 1 series, taken within 10 s of each other, are on both sides/,
    named: ["train/ants/b1.png", "val/ants/b2.png"],
    groups: [["train/ants/b1.png", "val/ants/b2.png"]],
  },
  {
    kind: "class_without_test",
    files: { "test/ants/1.png": photo(710) },
    severity: "warning",
    title: /^test lacks classes: bees$/,
  },
  {
    kind: "class_without_photo",
    files: {
      "train/wasps/1.jpg": "ftypheic",
      "train/wasps/2.jpg": "ftypheic",
      "val/wasps/1.png": photo(711),
    },
    severity: "error",
    title: /^wasps has no photo that can be used: all 2 are left out \(not an image/,
    named: ["train/wasps/1.jpg", "train/wasps/2.jpg"],
  },
  {
    kind: "wrong_extension",
    files: { "train/ants/x.jpg": photo(900) },
    severity: "note",
    title: /train\/ants\/x\.jpg is png/,
    named: ["train/ants/x.jpg"],
  },
  {
    kind: "exact_duplicates",
    files: { "train/ants/copy.png": photo(0) },
    severity: "warning",
    title: /2 photos in 1 group/,
    groups: [["train/ants/0.png", "train/ants/copy.png"]],
  },
  {
    kind: "near_duplicates",
    files: { "train/ants/resized.png": png(resize(scene(1, WIDTH, HEIGHT), 40, 30)) },
    severity: "warning",
    title: /nearly the same/,
    groups: [["train/ants/1.png", "train/ants/resized.png"]],
  },
  {
    kind: "leakage",
    files: { "val/ants/resized.png": png(resize(scene(1, WIDTH, HEIGHT), 40, 30)) },
    severity: "error",
    title: /in train and.*in val/,
    groups: [["train/ants/1.png", "val/ants/resized.png"]],
  },
  {
    kind: "conflicting_labels",
    files: { "train/bees/copy.png": photo(2) },
    severity: "error",
    title: /more than one class/,
    groups: [["train/ants/2.png", "train/bees/copy.png"]],
  },
  {
    kind: "class_imbalance",
    files: Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [`train/bees/more ${i}.png`, photo(600 + i)]),
    ),
    severity: "warning",
    title: /bees has 20 training photos, ants has 6.*right 77% of the time/,
  },
  {
    kind: "few_training_photos",
    files: {},
    severity: "warning",
    title: /ants \(6\), bees \(6\)/,
  },
  {
    kind: "accuracy_interval",
    files: {},
    severity: "warning",
    title: /with 6 val photos, a measured accuracy of 90% will mean anything from 44% to 97%/,
  },
  {
    kind: "small",
    files: { "train/ants/thumb.png": png(scene(700, 18, 13)) },
    severity: "warning",
    title: /1 photo is smaller than 14 pixels/,
    named: ["train/ants/thumb.png"],
  },
  {
    kind: "elongated",
    files: { "train/ants/panorama.png": png(scene(701, 120, 30)) },
    severity: "warning",
    title: /holds 19%/, // (28 / 32)² / 4
    named: ["train/ants/panorama.png"],
  },
  {
    kind: "cut_off",
    // Shorter than two to one, so that none of them is called elongated.
    files: Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `train/ants/wide ${i}.png`,
        png(scene(720 + i, 95, 50)),
      ]),
    ),
    severity: "warning",
    title: /leaves out 5\d% of the photos' area/,
  },
  {
    kind: "exif_rotated",
    files: { "train/ants/lying.jpg": fixture("orientation 6.jpeg") },
    severity: "note",
    title: /turned upright/,
    named: ["train/ants/lying.jpg"],
  },
  {
    kind: "greyscale",
    files: { "train/ants/grey.png": photo(702, true) },
    severity: "note",
    title: /1 photo is grey, the others have colour/,
    named: ["train/ants/grey.png"],
  },
  {
    kind: "cmyk",
    files: { "train/ants/print.jpg": fixture("cmyk.jpeg") },
    severity: "note",
    title: /printing colours/,
    named: ["train/ants/print.jpg"],
  },
  {
    kind: "sixteen_bit",
    files: { "train/ants/deep.png": png16(scene(703, WIDTH, HEIGHT)) },
    severity: "note",
    title: /16 bits/,
    named: ["train/ants/deep.png"],
  },
  {
    kind: "animated",
    files: { "train/ants/moving.png": animatedPng(scene(704, WIDTH, HEIGHT)) },
    severity: "note",
    title: /animated/,
    named: ["train/ants/moving.png"],
  },
  {
    kind: "val_class_unknown",
    files: { "val/wasps/1.png": photo(705) },
    severity: "error",
    title: /val has classes that train lacks: wasps/,
    named: ["val/wasps/1.png"],
  },
  {
    kind: "class_without_val",
    files: { "train/wasps/1.png": photo(706) },
    severity: "error",
    title: /train has classes that val lacks: wasps/,
  },
];

for (const { kind, files, severity, title, named, groups } of CASES) {
  Deno.test(`${kind} is found, with its severity, files and a remedy`, async () => {
    const found = (await find({ ...FEW, ...files })).filter((finding) => finding.kind === kind);
    assert.equal(found.length, 1);
    assert.equal(found[0].severity, severity);
    assert.match(found[0].title, title);
    assert.match(found[0].remedy, /\.$/);
    if (named) assert.deepEqual(found[0].files, named);
    if (groups) assert.deepEqual(found[0].groups, groups);
  });
}

Deno.test("a class of which nothing can be used is an error without splits too, and the only one", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [`ants/${i}.png`, photo(i)]),
  );
  const errors = (await find({ ...files, "bees/1.jpg": "heic", "bees/2.jpg": "heic" }))
    .filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(({ kind, files }) => [kind, files]), [
    ["class_without_photo", ["bees/1.jpg", "bees/2.jpg"]],
  ]);
});

Deno.test("a photo that may not be read is an error, as the pipeline stops there", () => {
  const refusal = { refusal: "cannot be read: Permission denied", reason: "unreadable" } as const;
  const place = { split: "train", className: "ants" } as const;
  const files = [{ path: "train/ants/1.jpg", ...place, refusal }];
  const found = diagnose({ files, passedOver: [] }, VIEWING).filter(({ kind }) =>
    kind === "unreadable" || kind === "undecodable"
  );
  assert.deepEqual(found.map(({ kind, severity, files }) => [kind, severity, files]), [
    ["unreadable", "error", ["train/ants/1.jpg"]],
  ]);
  assert.match(found[0].title, /^1 photo is there that cannot be read \(.*Permission denied\)/);
});

Deno.test("of files that are no photos each kind is told, and damaged photos together", async () => {
  const found = (await find({
    ...FEW,
    "train/ants/page.jpg": "<html>",
    "train/ants/pointer.jpg": "version https://git-lfs.github.com/spec/v1",
    "train/bees/empty.png": "",
  })).filter(({ kind }) => kind === "undecodable");
  assert.deepEqual(found.map(({ files }) => files), [
    ["train/ants/page.jpg"],
    ["train/ants/pointer.jpg"],
    ["train/bees/empty.png"],
  ]);
  const kinds = [/a web page/, /git lfs pull/, /the file is empty/];
  kinds.forEach((kind, i) => assert.match(found[i].title, kind));
});

Deno.test("what is no file is named and left out", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withTempFolder(async (folder) => {
    await writeFiles(folder, { ...FEW, "val/ants/.DS_Store": "" });
    await new Deno.Command("mkfifo", { args: [`${folder}/train/ants/pipe.jpg`] }).output();
    await Deno.symlink("/dev/zero", `${folder}/val/ants/zero.jpg`);
    const findings = diagnose(await examineFolder(folder, "mine", VIEWING), VIEWING);
    const left = findings.filter(({ kind }) => kind === "left_out");
    assert.deepEqual(left.map(({ title }) => title).sort(), [
      "train/ants/pipe.jpg is left out: it is a named pipe, not a file",
      "val/ants/zero.jpg is left out: it is a link that leads out of the folder: copy what it " +
      "points to",
    ]);
    const beside = findings.find(({ kind }) => kind === "passed_over");
    assert.equal(beside?.title, "passed over 1 hidden file and the like (.DS_Store)");
  });
});

Deno.test("of enough good photos there is one finding: how far an accuracy can be trusted", async () => {
  const findings = await find(healthy());
  assert.deepEqual(findings.map(({ kind, severity }) => [kind, severity]), [
    ["accuracy_interval", "note"],
  ]);
});

Deno.test("what another finding is about is not found without cause", async () => {
  const usual = new Set((await find(FEW)).map(({ kind }) => kind));
  assert.deepEqual(usual, new Set(["few_training_photos", "accuracy_interval"]));
});

Deno.test("grey photos of one class among coloured ones of the other are a shortcut", async () => {
  const files = Object.fromEntries(
    Object.entries(FEW).map(([path], i) => [path, photo(i, path.includes("/ants/"))]),
  );
  const found = (await find(files)).find(({ kind }) => kind === "greyscale")!;
  assert.equal(found.severity, "warning");
  assert.match(found.title, /100% of ants, 0% of bees.*by colour alone/);
});

Deno.test("class folders alone are looked at as they will be divided, and loose photos are named", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`${i % 2 ? "ants" : "bees"}/${i}.png`, photo(i)]),
  );
  const findings = await find({ ...files, "loose.png": photo(99) });
  const of = (kind: FindingKind) => findings.find((finding) => finding.kind === kind);
  assert.match(of("accuracy_interval")!.title, /with 4 val photos/);
  assert.match(of("few_training_photos")!.title, /bees \(8\), ants \(8\)|ants \(8\), bees \(8\)/);
  assert.deepEqual(of("unsorted")!.files, ["loose.png"]);
  assert.equal(of("layout"), undefined);
});

Deno.test("a folder that is no data set says why, and its photos are looked at all the same", async () => {
  const findings = await find({ "a.png": photo(1), "b.png": photo(1), "c.jpg": "" });
  assert.equal(findings[0].kind, "layout");
  assert.match(findings[0].title, /mine has no class folders/);
  assert.ok(findings.some(({ kind }) => kind === "exact_duplicates"));
  assert.ok(findings.some(({ kind }) => kind === "undecodable"));
});
