/** Parts of a data set under the names that people give them, and classes that are called alike. */
import assert from "node:assert/strict";
import { planLayout } from "../../../data/sources/layout.ts";
import { noteOf, targetOf } from "../../../data/sources/plan.ts";
import { photos } from "./photo_tree.ts";

const plan = (paths: string[]) => planLayout(paths, "mine", { seed: 0, valFraction: 0.2 });

/** Two classes, with two photos each, in each of the folders. */
const classesIn = (...folders: string[]) =>
  folders.flatMap((folder) => [...photos(`${folder}/forest`, 2), ...photos(`${folder}/sea`, 2)]);

const targets = (paths: string[]) =>
  Object.fromEntries(plan(paths).files.map((file) => [file.from, targetOf(file)]));

/** What `classesIn(train, val)` becomes. */
function expected(train: string, val: string): Record<string, string> {
  const [from, to] = [classesIn(train, val), classesIn("train", "val")];
  return Object.fromEntries(from.map((path, i) => [path, to[i]]));
}

for (
  const [train, val, note] of [
    ["training_set", "test_set", /training_set\/ is used for training; test_set\/ .* validation/],
    ["train_images", "val_images", /train_images\/ is used for training; val_images\//],
    ["TrainSet", "TestSet", /TrainSet\/ is used for training; TestSet\/ .* validation/],
    ["Training Data", "Validation Data", /Training Data\/ is used for training/],
    ["train2017", "val2017", /train2017\/ is used for training/],
    ["train", "test_images", /^test_images\/ is used for validation$/],
    ["train/train", "test/test", /^test\/test\/ is used for validation$/],
    ["seg_train/seg_train", "seg_test/seg_test", /seg_test\/seg_test\/ is used for validation/],
  ] as [string, string, RegExp][]
) {
  Deno.test(`${train} and ${val} are for training and validation, which the note says`, () => {
    const paths = classesIn(train, val);
    assert.deepEqual(targets(paths), expected(train, val));
    assert.match(noteOf(plan(paths))!, note);
  });
}

Deno.test("a folder of photos that nobody sorted is left out beside splits, and said", () => {
  const splits = classesIn("seg_train/seg_train", "seg_test/seg_test");
  const all = [...splits, ...photos("seg_pred/seg_pred", 3)];
  assert.deepEqual(targets(all), expected("seg_train/seg_train", "seg_test/seg_test"));
  assert.match(noteOf(plan(all))!, /seg_pred\/ was left out/);
  const single = [...classesIn("training_set", "test_set"), ...photos("single_prediction", 2)];
  assert.match(noteOf(plan(single))!, /single_prediction\/ was left out/);
});

Deno.test("a test folder beside train and val under any name is left out, and said", () => {
  const paths = classesIn("train_set", "valid_set", "test_set");
  assert.deepEqual(targets(paths), expected("train_set", "valid_set"));
  assert.match(noteOf(plan(paths))!, /test_set\/ was left out/);
});

for (const names of [["fold1", "fold2"], ["a", "b", "c"], ["2019", "2020"]]) {
  Deno.test(`${names.join(", ")} with the same folders in each are no classes`, () => {
    assert.throws(
      () => plan(classesIn(...names)),
      (error: Error) => {
        for (const name of [...names, "forest", "sea"]) assert.match(error.message, RegExp(name));
        assert.match(error.message, /Name them train and val, or give the one to be divided/);
        return true;
      },
    );
  });
}

Deno.test("a class may be called train, valid or test where photos lie right in it", () => {
  for (const name of ["train", "valid", "test", "training_shoe"]) {
    const paths = [...photos("bus", 5), ...photos("car", 5), ...photos(name, 5)];
    const classes = new Set(plan(paths).files.map(({ className }) => className));
    assert.deepEqual([...classes].sort(), ["bus", "car", name].sort());
  }
});

Deno.test("classes whose photos lie in folders of one name below them stay classes", () => {
  const paths = [...photos("cats/images", 5), ...photos("dogs/images", 5)];
  const classes = new Set(plan(paths).files.map(({ className }) => className));
  assert.deepEqual([...classes], ["cats", "dogs"]);
});

Deno.test("splits without class folders are no classes", () => {
  for (const [train, other] of [["train", "val"], ["train", "test"], ["train_set", "test_set"]]) {
    assert.throws(
      () => plan([...photos(train, 3), ...photos(other, 3)]),
      (error: Error) => error.message.startsWith(`${train}/ of mine has no class folders`),
    );
  }
});

Deno.test("the two spellings of a letter in Unicode are one class", () => {
  const [nfc, nfd] = ["café", "café"].map((name, i) => name.normalize(i ? "NFD" : "NFC"));
  assert.notEqual(nfc, nfd);
  const others = [...photos("train/b", 2), ...photos("val/b", 2)];
  const across = plan([...others, ...photos(`train/${nfc}`, 2), ...photos(`val/${nfd}`, 2)]);
  const cafe = across.files.filter(({ className }) => className === nfc);
  assert.deepEqual(cafe.map(targetOf), [
    ...photos(`train/${nfc}`, 2),
    ...photos(`val/${nfc}`, 2),
  ]);
  assert.throws(
    () => plan([...photos(nfc, 2), ...photos(nfd, 2)]),
    /mine has the class café twice, as "caf\\u\{e9\}" and as "cafe\\u\{301\}".* move the photos/,
  );
});
