/** Groups that a rule makes, from the folder to the division. */
import assert from "node:assert/strict";
import { mergeGroups } from "../../../data/sources/merge_groups.ts";
import { materialize, type MaterializeOptions } from "../../../data/sources/materialize.ts";
import { parseGroupRule } from "../../../data/sources/group_rule.ts";
import { parseSource } from "../../../data/sources/spec.ts";
import { exifOf, png, withExif } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

const CLASSES = ["ants", "bees"];
const BIRDS = 10, SHOTS = 4;

/** Photos of `BIRDS` subjects of each class, each `SHOTS` times, under a path and with EXIF of its own. */
function photosOf(
  pathOf: (bird: number, shot: number) => string,
  exif?: (bird: number, shot: number) => string,
): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const [c, name] of CLASSES.entries()) {
    for (let bird = 0; bird < BIRDS; bird++) {
      for (let shot = 0; shot < SHOTS; shot++) {
        const photo = png(scene(1000 * c + 10 * bird + shot, 24, 18));
        const taken = exif?.(c * BIRDS + bird, shot);
        files[`photos/${name}/${pathOf(bird, shot)}`] = taken
          ? withExif(photo, exifOf({ taken, model: "Camera" }))
          : photo;
      }
    }
  }
  return files;
}

async function divided(
  files: Record<string, Uint8Array>,
  group: string,
  options: Partial<MaterializeOptions> = {},
) {
  let groups: Record<string, string> = {};
  let note: string | undefined;
  await withTempFolder(async (folder) => {
    await writeFiles(folder, files);
    const info = await materialize(parseSource(`${folder}/photos`), `${folder}/out`, {
      seed: 0,
      group: parseGroupRule(group),
      onGroups: (found) => groups = found,
      ...options,
    });
    note = info.note;
    for (const path of Object.keys(groups)) await Deno.stat(`${folder}/out/photos/${path}`);
  });
  return { groups, note };
}

const time = (bird: number, shot: number) =>
  `2024:05:01 ${String(10 + Math.floor(bird / 4)).padStart(2, "0")}:${
    10 * (bird % 4) + 10
  }:0${shot}`;

for (
  const [rule, files, names] of [
    ["folder", photosOf((bird, shot) => `bird ${bird}/${shot}.png`), BIRDS], // of both classes alike
    ["regex:^(\\d+)_", photosOf((bird, shot) => `${bird}_${shot}.png`), BIRDS],
    ["exif-time:5", photosOf((bird, shot) => `${bird * SHOTS + shot}.png`, time), 2 * BIRDS],
  ] as const
) {
  Deno.test(`--group ${rule} keeps each subject on one side, and says which they are`, async () => {
    const { groups, note } = await divided(files, rule);
    assert.equal(Object.keys(groups).length, 2 * BIRDS * SHOTS);
    const byName = Map.groupBy(Object.entries(groups), ([, name]) => name);
    assert.equal(byName.size, names);
    const sides = [...byName.values()].map((members) =>
      new Set(members.map(([path]) => path.split("/")[0]))
    );
    assert.ok(sides.every(({ size }) => size === 1));
    assert.deepEqual(new Set(sides.flatMap((side) => [...side])), new Set(["train", "val"]));
    assert.match(note!, new RegExp(`${names} groups \\(.*\\) are kept on one side each`));
  });
}

Deno.test("a source's own division stays, and what it tears apart is said", async () => {
  const files = photosOf((bird, shot) => `bird ${bird}/${shot}.png`);
  const split = Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [
      path.replace("photos/", /\/0\.png$/.test(path) ? "photos/val/" : "photos/train/"),
      bytes,
    ]),
  );
  const { groups, note } = await divided(split, "folder");
  assert.equal(Object.keys(groups).filter((path) => path.startsWith("val/")).length, 2 * BIRDS);
  assert.match(
    note!,
    /10 groups lie on more than one side, as the source divides them \(bird 0, bird 1, /,
  );
});

for (
  const [what, group, files, message] of [
    [
      "no folders",
      "folder",
      photosOf((b, s) => `${b}-${s}.png`),
      /finds no photo in a folder below .*such as ants\/.*png/,
    ],
    [
      "a pattern that fits nothing",
      "regex:z",
      photosOf((b, s) => `${b}-${s}.png`),
      /--group regex:z fits the path of no photo/,
    ],
    [
      "no times",
      "exif-time",
      photosOf((b, s) => `${b}-${s}.png`),
      /finds no photo that says when it was taken/,
    ],
    [
      "all photos in one group",
      "regex:p(n)g",
      photosOf((b, s) => `${b}-${s}.png`),
      /puts all 80 photos into one group \(n\)/,
    ],
    [
      "a class in one group",
      "regex:^(a|\\d+)-",
      Object.fromEntries(
        Object.entries(photosOf((b, s) => `${b}-${s}.png`)).map(([path, bytes]) => [
          path.replace("ants/", "ants/a-"),
          bytes,
        ]),
      ),
      /all 40 photos of ants are of one group \(a\), so that none could be kept aside/,
    ],
  ] as const
) {
  Deno.test(`${what}: the message names it and what to do`, async () => {
    await assert.rejects(divided(files, group), message);
  });
}

Deno.test("groups that share a photo are one, whatever comes between", () => {
  const merged = mergeGroups([["a", "b"], ["c", "d"], ["e"], ["d", "f", "b"], ["g", "h"]]);
  assert.deepEqual(merged.map((group) => group.toSorted()).sort(), [
    ["a", "b", "c", "d", "f"],
    ["e"],
    ["g", "h"],
  ]);
});
