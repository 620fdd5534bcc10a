import assert from "node:assert/strict";
import fc from "fast-check";
import type { EpochRecord, History } from "../../report/history.ts";
import { drawTrainingCurves } from "../../report/training_curves.ts";
import { all, type Element, number, parseSvg, textsOf } from "./svg_parts.ts";

type Values = Partial<
  Record<"lr" | "loss" | "accuracy" | "valLoss" | "valAccuracy", number | null>
>;

/** A history of epochs that differ from a dull one by what is given. */
function historyOf(epochs: Values[], best = 0): History {
  const records = epochs.map((values, epoch): EpochRecord => ({
    epoch,
    lr: values.lr ?? 0.001,
    train: {
      loss: values.loss === undefined ? 0.5 : values.loss,
      accuracy: values.accuracy === undefined ? 0.75 : values.accuracy,
      seconds: 1,
    },
    val: {
      loss: values.valLoss === undefined ? 0.25 : values.valLoss,
      accuracy: values.valAccuracy === undefined ? 0.9 : values.valAccuracy,
      seconds: 1,
    },
  }));
  return { epochs: records, best: { epoch: best, accuracy: records[best]?.val.accuracy ?? 0 } };
}

const draw = (...histories: History[]): Element =>
  parseSvg(
    drawTrainingCurves({ branches: histories.map((history, i) => ({ name: `run ${i}`, history })) })
      .svg,
  );

/** The group of one curve, named `0 val loss`. */
function curve(root: Element, name: string): Element {
  const found = all(root, "g").find(({ attributes }) => attributes["data-curve"] === name);
  assert.ok(found, `no curve ${name}`);
  return found;
}

/** A path's pieces, each a list of points. */
function pieces(group: Element): [x: number, y: number][][] {
  const path = all(group, "path")[0].attributes.d;
  assert.match(path, /^(M-?[\d.]+ -?[\d.]+(L-?[\d.]+ -?[\d.]+)*)*$/);
  return path.split("M").slice(1).map((piece) =>
    piece.split("L").map((point) => point.split(" ").map(Number) as [number, number])
  );
}

Deno.test("a curve has a point an epoch, evenly spaced, as high as its value", () => {
  const values = [0.9, 0.4, 0.55, 0.1];
  const root = draw(historyOf(values.map((loss) => ({ loss, valLoss: loss / 2 }))));
  const [points] = pieces(curve(root, "0 train loss"));
  assert.equal(points.length, 4);
  const step = points[1][0] - points[0][0];
  points.forEach(([x], i) => assert.ok(Math.abs(x - points[0][0] - i * step) < 0.02));
  // Screens count downwards; one scale for all points of a panel, in both curves.
  const scale = (points[3][1] - points[0][1]) / (values[0] - values[3]);
  assert.ok(scale > 0);
  points.forEach(([, y], i) =>
    assert.ok(Math.abs(y - points[0][1] - (values[0] - values[i]) * scale) < 0.02)
  );
  const [lower] = pieces(curve(root, "0 val loss"));
  lower.forEach(([, y], i) =>
    assert.ok(Math.abs(y - points[0][1] - (values[0] - values[i] / 2) * scale) < 0.02)
  );
});

Deno.test("the ticks of an axis stand where curves have their values", () => {
  const root = draw(historyOf([{ loss: 0.2, valLoss: 0.2 }, { loss: 0.8, valLoss: 0.4 }]));
  const [points] = pieces(curve(root, "0 train loss"));
  const tick = (label: string) => {
    const found = all(root, "text").find(({ text }) => text === label);
    assert.ok(found, `no tick ${label} among ${textsOf(root)}`);
    return number(found, "y") - 4; // from the baseline up to the middle of a digit
  };
  assert.ok(Math.abs(points[0][1] - tick("0.2")) < 0.02);
  assert.ok(Math.abs(points[1][1] - tick("0.8")) < 0.02);
});

Deno.test("epochs are counted from 1", () => {
  const root = draw(historyOf([{}, {}, {}]));
  const [points] = pieces(curve(root, "0 val loss"));
  const ticks = all(root, "text").filter(({ attributes, text }) =>
    attributes["text-anchor"] === "middle" && /^\d+$/.test(text)
  );
  assert.deepEqual(ticks.map(({ text }) => text), ["1", "2", "3", "1", "2", "3"]);
  ticks.slice(0, 3).forEach((tick, i) =>
    assert.ok(Math.abs(number(tick, "x") - points[i][0]) < 0.02)
  );
});

Deno.test("one epoch is a dot for each curve", () => {
  const root = draw(historyOf([{}]));
  for (const name of ["0 train loss", "0 val loss", "0 train accuracy", "0 val accuracy"]) {
    assert.ok(all(curve(root, name), "circle").length >= 1, name);
  }
});

Deno.test("values that are no number leave a gap, are counted, and spoil nothing else", () => {
  const losses = [0.9, NaN, 0.7, null, Infinity, 0.5, 0.4];
  const root = draw(historyOf(losses.map((loss) => ({ loss }))));
  const parts = pieces(curve(root, "0 train loss"));
  assert.deepEqual(parts.map((part) => part.length), [1, 1, 2]);
  // Points without a neighbour would not be seen as lines.
  assert.equal(all(curve(root, "0 train loss"), "circle").length, 2);
  assert.ok(textsOf(root).some((text) => text.endsWith("3 values are not finite, left out")));
  assert.equal(pieces(curve(root, "0 val loss"))[0].length, losses.length);
});

Deno.test("a panel without a finite value says so", () => {
  const root = draw(historyOf([{ loss: NaN, valLoss: null }, { loss: NaN, valLoss: null }]));
  assert.equal(textsOf(root).filter((text) => text === "no finite values").length, 1);
  assert.deepEqual(pieces(curve(root, "0 train loss")), []);
});

Deno.test("the best epoch is ringed on the validation curves and named", () => {
  const root = draw(historyOf([{}, { valAccuracy: 0.954, valLoss: 0.1 }, {}], 1));
  for (const quantity of ["loss", "accuracy"]) {
    const group = curve(root, `0 val ${quantity}`);
    const rings = all(group, "circle").filter(({ attributes }) => "data-best" in attributes);
    const [, point] = pieces(group)[0];
    assert.deepEqual(rings.map((ring) => [number(ring, "cx"), number(ring, "cy")]), [point]);
  }
  assert.ok(textsOf(root).includes("best validation accuracy 95.4% in epoch 2"));
});

Deno.test("drops of the learning rate are marked between the epochs, once for all branches", () => {
  const rates = Array.from(
    { length: 25 },
    (_, epoch) => ({ lr: 1e-3 * 0.1 ** Math.floor(epoch / 7) }),
  );
  const root = draw(historyOf(rates), historyOf(rates));
  const labels = textsOf(root).filter((text) => text.startsWith("LR"));
  // In both panels.
  assert.deepEqual(labels, ["LR 1e-4", "LR 1e-5", "LR 1e-6", "LR 1e-4", "LR 1e-5", "LR 1e-6"]);
  const [points] = pieces(curve(root, "0 val loss"));
  const upright = all(root, "line").find((line) =>
    line.attributes.x1 === line.attributes.x2 && "stroke-dasharray" in line.attributes
  );
  assert.ok(upright);
  assert.ok(Math.abs(number(upright, "x1") - (points[6][0] + points[7][0]) / 2) < 0.02);
});

Deno.test("a smooth schedule is not marked epoch by epoch", () => {
  const rates = Array.from({ length: 20 }, (_, epoch) => ({ lr: 1e-3 * 0.9 ** epoch }));
  assert.deepEqual(textsOf(draw(historyOf(rates))).filter((text) => text.startsWith("LR")), []);
});

Deno.test("branches have colours of their own, and their names with a colour beside", () => {
  const root = draw(historyOf([{}, {}]), historyOf([{}, {}, {}]), historyOf([]));
  const colours = [0, 1].map((i) => all(curve(root, `${i} val loss`), "path")[0].attributes.stroke);
  assert.notEqual(colours[0], colours[1]);
  colours.forEach((colour, i) => {
    const name = all(root, "text").find(({ text }) => text === `run ${i}`)!;
    const swatch = all(root, "line").find(({ attributes }) => attributes.stroke === colour)!;
    assert.ok(Math.abs(number(swatch, "y1") - number(name, "y")) < 10);
  });
  const texts = textsOf(root);
  assert.ok(["run 0", "run 1", "run 2", "no epoch finished"].every((text) => texts.includes(text)));
});

Deno.test("hostile names and any numbers make a well-formed picture, every curve within it", () => {
  const value = fc.option(fc.double(), { nil: null });
  const epoch = fc.record({ loss: value, accuracy: value, valLoss: value, valAccuracy: value });
  const run = fc.record({
    name: fc.string({ unit: "binary", maxLength: 400 }),
    epochs: fc.array(epoch, { maxLength: 30 }),
  });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (runs) => {
      const branches = runs.map(({ name, epochs }) => ({ name, history: historyOf(epochs) }));
      const { svg, width, height } = drawTrainingCurves({ branches });
      const root = parseSvg(svg);
      for (const group of all(root, "g")) {
        for (const [x, y] of pieces(group).flat()) {
          assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, `${x}, ${y}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("no branches are refused", () => {
  assert.throws(() => drawTrainingCurves({ branches: [] }), /at least one branch/);
});
