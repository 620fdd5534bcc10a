import assert from "node:assert/strict";
import fc from "fast-check";
import { classScores } from "../../../data/statistics/class_scores.ts";

interface Fixture {
  name: string;
  confusion: number[][];
  precision: (number | null)[];
  recall: (number | null)[];
  f1: (number | null)[];
  support: number[];
  macro_f1: number | null;
  balanced_accuracy: number | null;
}

const fixtures: Fixture[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../../fixtures/data/statistics/class_scores.json", import.meta.url),
  ),
);

for (const { name, confusion, macro_f1, balanced_accuracy, ...of } of fixtures) {
  Deno.test(`scikit-learn's precision, recall, F1 and balanced accuracy: ${name}`, () => {
    const { classes, macroF1, balancedAccuracy } = classScores(confusion);
    for (const figure of ["precision", "recall", "f1", "support"] as const) {
      classes.forEach((score, i) => assertClose(score[figure], of[figure][i], `${figure} of ${i}`));
    }
    assertClose(macroF1, macro_f1, "macro F1");
    assertClose(balancedAccuracy, balanced_accuracy, "balanced accuracy");
  });
}

function assertClose(ours: number | null, theirs: number | null, what: string) {
  const isSame = ours === null || theirs === null
    ? ours === theirs
    : Math.abs(ours - theirs) < 1e-12;
  assert.ok(isSame, `${what}: ${ours}, not ${theirs}`);
}

Deno.test("figures are shares, undefined ones null, whatever was counted; no photos, no figure", () => {
  const counts = fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc.array(fc.array(fc.nat(9), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    })
  );
  fc.assert(fc.property(counts, (confusion) => {
    const { classes, macroF1, balancedAccuracy } = classScores(confusion);
    const figures = classes.flatMap(({ precision, recall, f1 }) => [precision, recall, f1]);
    for (const figure of [...figures, macroF1, balancedAccuracy]) {
      assert.ok(figure === null || (figure >= 0 && figure <= 1), `${figure}`);
    }
    const total = confusion.flat().reduce((a, b) => a + b, 0);
    assert.equal(macroF1 === null, total === 0);
    assert.equal(balancedAccuracy === null, total === 0);
    for (const { precision, recall, f1 } of classes) {
      if (!precision || !recall) continue;
      assert.ok(Math.abs(f1! - 2 * precision * recall / (precision + recall)) < 1e-12);
    }
  }));
});
