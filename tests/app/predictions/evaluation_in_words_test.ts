import assert from "node:assert/strict";
import { type Evaluated, evaluationInWords } from "../../../app/predictions/evaluation_in_words.ts";
import { scoreBranch } from "../../../training/score.ts";

const CLASSES = ["ants", "bees", "wasps"];

/** Of photos given as [label, answer]. */
function words(answers: [number, number][], more: Partial<Evaluated> = {}): string {
  const photos = answers.map(([label, answer], index) => ({
    index,
    label,
    logits: CLASSES.map((_, i) => Number(i === answer)),
  }));
  return evaluationInWords({
    folder: "new",
    model: "frozen resnet18",
    classes: CLASSES,
    ...scoreBranch(photos, CLASSES),
    seen: { train: 0, val: 0, scored: false },
    unknown_classes: {},
    none_of_these: 0,
    failed: [],
    ...more,
  }).join("\n");
}

Deno.test("accuracy, each class and each kind of mistake are told", () => {
  const text = words([[0, 0], [0, 1], [0, 1], [1, 1]]);
  assert.match(text, /^with frozen resnet18\nright on 2 of 4 photos of new \(accuracy 50\.0%; /);
  assert.match(text, /^ {2}ants {3}right on 1 of 3 {2}33\.3% \(.* to .*\)$/m);
  assert.match(text, /^ {2}wasps {2}right on 0 of 0 {2}no photo: nothing is known of it$/m);
  assert.match(text, /^ {2}2 of ants taken for bees$/m);
  assert.doesNotMatch(text, /left out|known to the model|not known/);
});

Deno.test("what the accuracy is not of is told before it", () => {
  assert.match(
    words([[0, 0]], { seen: { train: 3, val: 0, scored: false } }),
    /left out, as the model knows them: 3 that it was taught by\nright on/,
  );
  assert.match(
    words([[0, 0]], { seen: { train: 3, val: 2, scored: true } }),
    /all photos are known to the model: 3 .* and 2 .*\. What follows says nothing of other photos\n/,
  );
  assert.match(words([[0, 0]], { seen: null }), /not known here: .* the accuracy is too high\n/);
  assert.match(
    words([[0, 0]], { unknown_classes: { bugs: 2, flies: 1 }, none_of_these: 1 }),
    /left out 3 photos of classes .*: bugs \(2\), flies \(1\); it knows ants, bees, wasps\n1 photo called unlike/,
  );
});
