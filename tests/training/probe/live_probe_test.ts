/** A probe that goes on ends where one from scratch does, whatever came and went. */
import assert from "node:assert/strict";
import { Generator } from "../../../data/torch_random.ts";
import { LiveProbe } from "../../../training/probe/live_probe.ts";
import { predictProba } from "../../../training/probe/logistic_regression.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { takePhotos } from "../../../training/probe/labelled_features.ts";
import { fitStandardised, preparePhotos } from "../../../training/probe/standardised_fit.ts";
import { foldScaler } from "../../../training/probe/standardise.ts";

const COLUMNS = 12;
const TO_THE_END = { tol: 1e-10, maxIter: 10_000 };

/** Photos about a centre of their class, with a feature that is constant and one that is far from 0. */
function photos(count: number, classes: number, seed: number) {
  const random = new Generator(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const rows = Array.from(labels, (label) =>
    Float32Array.from({ length: COLUMNS }, (_, d) => {
      if (d === 0) return 3;
      const noise = random.uniformDouble() * 4;
      return (d % classes === label ? 2 : 0) + noise + (d === 1 ? 1000 : 0);
    }));
  return { labels, rows };
}

/** By the functions that the pipeline fits with, from scratch. */
function fromScratch(
  rows: readonly Float32Array[],
  labels: Int32Array,
  taught: Int32Array,
  classes: readonly string[],
  C: number,
): Float64Array {
  const features = matrix(rows.length, COLUMNS, rows.flatMap((row) => [...row]));
  const own = takePhotos({ features, labels, classes }, taught);
  const prepared = preparePhotos(own);
  const all = Int32Array.from(taught.keys());
  const { prepared: fitted } = fitStandardised(prepared, { rows: all, C, tol: 1e-10 });
  return predictProba(foldScaler(fitted, prepared.scaler), features);
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(
      Math.abs(actual[i] - expected[i]) < 1e-6,
      `${what}, ${i}: ${actual[i]}, ${expected[i]}`,
    );
  }
}

Deno.test("with each photo that comes, goes or is of a new class, it is the fit from scratch", () => {
  const { labels, rows } = photos(150, 3, 1);
  const live = new LiveProbe(COLUMNS);
  const random = new Generator(2);
  let taught: number[] = [];
  for (const [i, row] of rows.entries()) {
    assert.equal(live.add(row), i);
    taught.push(i);
    if (i > 20 && random.uniformDouble() < 0.2) {
      taught = taught.filter((row) => row !== taught[Math.floor(taught.length / 2)]);
    }
    if (i < 4 || (i % 13 !== 0 && i !== 149)) continue;
    // The third class comes late, under a name that stands first.
    const known = i < 60 ? [0, 1] : [2, 0, 1];
    const names = known.map((label) => "bca"[label]);
    const own = Int32Array.from(taught.filter((row) => known.includes(labels[row])));
    const told = labels.map((label) => Math.max(0, known.indexOf(label)));
    const C = i < 100 ? 0.1 : 10;
    // A few steps first: where a fit goes on from changes nothing of where it ends.
    live.fit({ classes: names, rows: own, labels: told, C }, {
      tol: 1e-10,
      maxIter: 2,
      isUrgent: true,
    });
    const isOver = live.fit({ classes: names, rows: own, labels: told, C }, TO_THE_END);
    assert.ok(isOver);
    const expected = fromScratch(rows.slice(0, i + 1), told, own, names, C);
    const all = matrix(i + 1, COLUMNS, rows.slice(0, i + 1).flatMap((row) => [...row]));
    assertClose(predictProba(live.classifier(), all), expected, `after ${i + 1} photos`);
  }
});

Deno.test("answers are those of the classifier that it hands out", () => {
  const { labels, rows } = photos(40, 2, 3);
  const live = new LiveProbe(COLUMNS);
  for (const row of rows) live.add(row);
  const all = Int32Array.from(rows.keys());
  live.fit({ classes: ["a", "b"], rows: all, labels, C: 1 }, TO_THE_END);
  const asked = Int32Array.of(7, 3, 3);
  const { coef, intercept } = live.classifier();
  const expected = Array.from(asked).flatMap((row) =>
    [0, 1].map((k) =>
      rows[row].reduce((sum, value, d) => sum + value * coef[k * COLUMNS + d], intercept[k])
    )
  );
  assertClose(live.answer(asked), expected, "logits");
});

Deno.test("one step is a step towards the end, and says that there is more", () => {
  const { labels, rows } = photos(90, 3, 4);
  const live = new LiveProbe(COLUMNS);
  for (const row of rows) live.add(row);
  const lesson = {
    classes: ["a", "b", "c"],
    rows: Int32Array.from(rows.keys()),
    labels,
    C: 1,
  };
  const lossOf = () => {
    const logits = live.answer(lesson.rows);
    return labels.reduce((sum, label, i) => {
      const own = logits.subarray(3 * i, 3 * i + 3);
      return sum + Math.log(own.reduce((sum, value) => sum + Math.exp(value - own[label]), 0));
    }, 0);
  };
  assert.equal(live.fit(lesson, { tol: 1e-10, maxIter: 1 }), false);
  const first = lossOf();
  assert.ok(first < labels.length * Math.log(3));
  assert.equal(live.fit(lesson, TO_THE_END), true);
  assert.ok(lossOf() < first);
});

Deno.test("nothing is said before anything was fitted", () => {
  const live = new LiveProbe(COLUMNS);
  live.add(new Float32Array(COLUMNS));
  assert.throws(() => live.answer(Int32Array.of(0)), /nothing was fitted yet/);
  assert.throws(() => live.classifier(), /nothing was fitted yet/);
});
