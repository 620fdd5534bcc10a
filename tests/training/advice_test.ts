import assert from "node:assert/strict";
import * as v from "valibot";
import fc from "fast-check";
import { describeAdvice } from "../../report/describe_advice.ts";
import { adviceList } from "../../tasks/artifacts/advice.ts";
import { type AdviceFacts, advise } from "../../training/advice.ts";
import type { Advice } from "../../training/advice_pieces.ts";
import { scoreBranch } from "../../training/score.ts";

/** A score of these counts. */
function scoreOf(classes: readonly string[], confusion: number[][]) {
  const photos = confusion.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      Array.from({ length: count }, (_, index) => ({
        index,
        label,
        logits: classes.map((_, i) => i === predicted ? 1 : 0),
      }))
    )
  );
  return scoreBranch(photos, classes);
}

const CLASSES = ["ants", "bees", "wasps"];

/** Nothing to find fault with. */
const GOOD: AdviceFacts = {
  classes: CLASSES,
  train: { ants: 100, bees: 100, wasps: 100 },
  score: scoreOf(CLASSES, [[200, 0, 0], [0, 200, 0], [0, 0, 200]]),
  worst: [],
  findings: [],
  architecture: "resnet18",
  comparesNoBackbones: false,
};

const kinds = (changes: Partial<AdviceFacts>) =>
  advise({ ...GOOD, ...changes }).map(({ kind }) => kind);
const find = <Kind extends Advice["kind"]>(changes: Partial<AdviceFacts>, kind: Kind) =>
  advise({ ...GOOD, ...changes }).find((piece) => piece.kind === kind) as
    | (Advice & { kind: Kind })
    | undefined;

Deno.test("where nothing is wrong, there are still three things to do", () => {
  assert.deepEqual(kinds({}), ["doubts", "background", "measure"]);
});

Deno.test("a class that fails comes before one that has few photos, with its figures", () => {
  const score = scoreOf(CLASSES, [[19, 1, 0], [2, 8, 0], [1, 0, 0]]);
  const train = { ants: 200, bees: 10, wasps: 30 };
  assert.deepEqual(find({ score, train }, "weak_classes")!.classes, [
    { name: "wasps", photos: 30, correct: 0, total: 1 },
    { name: "bees", photos: 10, correct: 8, total: 10 },
  ]);
  assert.equal(find({ train: { ants: 9, bees: 9, wasps: 9 } }, "weak_classes"), undefined);
});

Deno.test("photos that it was sure of and wrong about are labels to look at, others are not", () => {
  const worst = [{ path: "a.jpg", probability: 0.99 }, { path: "b.jpg", probability: 0.6 }];
  assert.deepEqual(find({ worst }, "labels")!.files, ["a.jpg"]);
  assert.equal(find({ worst: worst.slice(1) }, "labels"), undefined);
});

Deno.test("errors that fall as a power of the photos are carried on to twice as many", () => {
  const at = (trainSize: number) => ({ trainSize, accuracy: 1 - 2 / Math.sqrt(trainSize) });
  const found = find({ learningCurve: [at(100), at(200), at(400)] }, "more_photos")!;
  assert.ok(Math.abs(found.expected - at(800).accuracy) < 1e-12);
  const flat = [100, 200, 400].map((trainSize) => ({ trainSize, accuracy: 0.9 }));
  assert.equal(find({ learningCurve: flat }, "enough_photos")!.expected, 0.9);
  const falling = [0.9, 0.8].map((accuracy, i) => ({ trainSize: 100 * (i + 1), accuracy }));
  assert.equal(find({ learningCurve: falling }, "enough_photos")!.expected, 0.8);
  const perfect = [0.9, 1].map((accuracy, i) => ({ trainSize: 100 * (i + 1), accuracy }));
  assert.ok(!kinds({ learningCurve: perfect }).some((kind) => /photos/.test(kind)));
});

Deno.test("uneven classes, the commonest mistake, cut photos and a network of habit are named", () => {
  assert.deepEqual(find({ train: { ants: 90, bees: 30, wasps: 60 } }, "imbalance"), {
    kind: "imbalance",
    most: { name: "ants", photos: 90 },
    least: { name: "bees", photos: 30 },
  });
  assert.equal(find({ train: { ants: 89, bees: 30, wasps: 60 } }, "imbalance"), undefined);
  const score = scoreOf(CLASSES, [[20, 2, 3], [0, 20, 0], [1, 0, 20]]);
  assert.deepEqual(find({ score }, "confusion"), {
    kind: "confusion",
    actual: "ants",
    predicted: "wasps",
    count: 3,
  });
  assert.equal(find({ score, comparesNoBackbones: true }, "backbone")!.architecture, "resnet18");
  assert.equal(find({ comparesNoBackbones: true }, "backbone"), undefined);
  const elongated = {
    kind: "elongated" as const,
    severity: "note" as const,
    title: "6 photos are long",
    remedy: "Crop them.",
  };
  assert.equal(find({ findings: [elongated] }, "crops")!.remedy, "Crop them.");
  assert.equal(
    find({ findings: [{ ...elongated, severity: "error" }] }, "repair")!.title,
    "6 photos are long",
  );
});

Deno.test("there are three to five pieces whatever was found, each with words, none twice, as files keep them", () => {
  const counts = fc.array(fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  // What a doctor says; these two words would be taken for ours below.
  const words = fc.string({ minLength: 15 }).filter((text) => !/undefined|NaN/.test(text));
  const facts = fc.record({
    score: counts.map((confusion) => scoreOf(CLASSES, confusion)),
    train: fc.record({ ants: fc.nat(300), bees: fc.nat(300), wasps: fc.nat(300) }),
    worst: fc.array(
      fc.record({
        path: fc.string().filter((text) => !/undefined|NaN/.test(text)),
        probability: share,
      }),
    ),
    findings: fc.array(fc.record({
      kind: fc.constantFrom("elongated" as const, "leakage" as const),
      severity: fc.constantFrom("error" as const, "note" as const),
      title: words,
      remedy: words,
    })),
    comparesNoBackbones: fc.boolean(),
    learningCurve: fc.option(
      fc.array(fc.record({ trainSize: fc.integer({ min: 2, max: 500 }), accuracy: share })),
      { nil: undefined },
    ),
  });
  fc.assert(fc.property(facts, (changes) => {
    const advice = advise({ ...GOOD, ...changes });
    assert.ok(advice.length >= 3 && advice.length <= 5);
    assert.equal(new Set(advice.map(({ kind }) => kind)).size, advice.length);
    for (const piece of advice) {
      const { title, text } = describeAdvice(piece);
      assert.ok(title.length > 5 && text.length > 20);
      assert.doesNotMatch(`${title}${text.replace(/[^ -~]/g, "")}`, /undefined|NaN/);
    }
    assert.deepEqual(v.parse(adviceList, JSON.parse(JSON.stringify(advice))), advice);
  }));
});
