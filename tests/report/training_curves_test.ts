import assert from "node:assert/strict";
import fc from "fast-check";
import { START } from "../../models/manifest.ts";
import { drawTrainingCurves } from "../../report/training_curves.ts";
import type { LearningCurves } from "../../training/history.ts";
import {
  all,
  allPlaced,
  type Element,
  number,
  parseSvg,
  type Placed,
  placeOf,
  textsOf,
} from "./svg_parts.ts";

type Values = Partial<
  Record<"lr" | "loss" | "accuracy" | "valLoss" | "valAccuracy", number | null>
>;

/** A history of epochs that differ from a dull one by what is given. */
function historyOf(epochs: Values[], best = 0): LearningCurves {
  const records = epochs.map((values, epoch) => ({
    epoch,
    lr: values.lr ?? 0.001,
    train: {
      loss: values.loss === undefined ? 0.5 : values.loss,
      accuracy: values.accuracy === undefined ? 0.75 : values.accuracy,
    },
    val: {
      loss: values.valLoss === undefined ? 0.25 : values.valLoss,
      accuracy: values.valAccuracy === undefined ? 0.9 : values.valAccuracy,
    },
  }));
  return { epochs: records, best: { epoch: best, accuracy: records[best]?.val.accuracy ?? 0 } };
}

const draw = (...histories: LearningCurves[]): Element =>
  parseSvg(
    drawTrainingCurves({ branches: histories.map((history, i) => ({ name: `run ${i}`, history })) })
      .svg,
  );

type Point = [x: number, y: number];

/** The group that draws the `curve`, the `dots` or the ring (`kept`) of one curve. */
function group(root: Element, kind: "curve" | "dots" | "kept", name: string): Placed | undefined {
  return allPlaced(root, "g").find(({ element }) =>
    element.attributes["aria-description"] === `${kind} ${name}`
  );
}

/** The pieces of a curve, named `0 val loss`: each a list of points of the picture; none of none. */
function pieces(root: Element, name: string): Point[][] {
  const found = group(root, "curve", name);
  if (!found) return [];
  return all(found.element, "path").flatMap(({ attributes: { d } }) => {
    assert.match(d, /^(M-?[\d.]+,-?[\d.]+(Z|(L-?[\d.]+,-?[\d.]+)+))+$/);
    return d.replaceAll("Z", "").split("M").slice(1).map((piece) =>
      piece.split("L").map((point): Point => {
        const [x, y] = point.split(",").map(Number);
        return [x + found.x, y + found.y];
      })
    );
  });
}

/** Middles of the circles of a group. */
function circles(root: Element, kind: "dots" | "kept", name: string): Point[] {
  const found = group(root, kind, name);
  return found
    ? all(found.element, "circle").map((circle) => [
      number(circle, "cx") + found.x,
      number(circle, "cy") + found.y,
    ])
    : [];
}

Deno.test("a curve has a point an epoch, evenly spaced, as high as its value", () => {
  const values = [0.9, 0.4, 0.55, 0.1];
  const root = draw(historyOf(values.map((loss) => ({ loss, valLoss: loss / 2 }))));
  const [points] = pieces(root, "0 train loss");
  assert.equal(points.length, 4);
  const step = points[1][0] - points[0][0];
  points.forEach(([x], i) => assert.ok(Math.abs(x - points[0][0] - i * step) < 0.02));
  // Screens count downwards; one scale for all points of a panel, in both curves.
  const scale = (points[3][1] - points[0][1]) / (values[0] - values[3]);
  assert.ok(scale > 0);
  points.forEach(([, y], i) =>
    assert.ok(Math.abs(y - points[0][1] - (values[0] - values[i]) * scale) < 0.02)
  );
  const [lower] = pieces(root, "0 val loss");
  lower.forEach(([, y], i) =>
    assert.ok(Math.abs(y - points[0][1] - (values[0] - values[i] / 2) * scale) < 0.02)
  );
});

Deno.test("the ticks of an axis stand where curves have their values", () => {
  const root = draw(historyOf([{ loss: 0.2, valLoss: 0.2 }, { loss: 0.8, valLoss: 0.4 }]));
  const [points] = pieces(root, "0 train loss");
  const tick = (label: string) => {
    const found = allPlaced(root, "text").find(({ element }) => element.text === label);
    assert.ok(found, `no tick ${label} among ${textsOf(root)}`);
    assert.equal(found.element.attributes.y, "0.32em"); // the middle of a digit is there
    return found.y;
  };
  assert.ok(Math.abs(points[0][1] - tick("0.2")) < 0.02);
  assert.ok(Math.abs(points[1][1] - tick("0.8")) < 0.02);
});

Deno.test("epochs are counted from 1", () => {
  const root = draw(historyOf([{}, {}, {}]));
  const [points] = pieces(root, "0 val loss");
  const ticks = allPlaced(root, "g")
    .filter(({ element }) => element.attributes["aria-label"] === "x-axis tick label")
    .flatMap(({ element, x }) => allPlaced({ ...element, attributes: {} }, "text", x));
  assert.deepEqual(ticks.map(({ element }) => element.text), ["1", "2", "3", "1", "2", "3"]);
  ticks.slice(0, 3).forEach(({ x }, i) => assert.ok(Math.abs(x - points[i][0]) < 0.02));
});

Deno.test("one epoch is a dot for each curve", () => {
  const root = draw(historyOf([{}]));
  for (const name of ["0 train loss", "0 val loss", "0 train accuracy", "0 val accuracy"]) {
    assert.equal(circles(root, "dots", name).length, 1, name);
  }
});

Deno.test("values that are no number leave a gap, are counted, and spoil nothing else", () => {
  const losses = [0.9, NaN, 0.7, null, Infinity, 0.5, 0.4];
  const root = draw(historyOf(losses.map((loss) => ({ loss }))));
  const parts = pieces(root, "0 train loss");
  assert.deepEqual(parts.map((part) => part.length), [1, 1, 2]);
  // Points without a neighbour would not be seen as lines.
  assert.equal(circles(root, "dots", "0 train loss").length, 2);
  assert.ok(textsOf(root).some((text) => text.endsWith("3 values are not finite, left out")));
  assert.equal(pieces(root, "0 val loss")[0].length, losses.length);
});

Deno.test("a panel without a finite value says so", () => {
  const root = draw(historyOf([{ loss: NaN, valLoss: null }, { loss: NaN, valLoss: null }]));
  assert.equal(textsOf(root).filter((text) => text === "no finite values").length, 1);
  assert.deepEqual(pieces(root, "0 train loss"), []);
});

Deno.test("the best epoch is ringed on the validation curves and named", () => {
  const root = draw(historyOf([{}, { valAccuracy: 0.954, valLoss: 0.1 }, {}], 1));
  for (const quantity of ["loss", "accuracy"]) {
    const [, point] = pieces(root, `0 val ${quantity}`)[0];
    const [ring, ...others] = circles(root, "kept", `0 val ${quantity}`);
    assert.ok(Math.hypot(ring[0] - point[0], ring[1] - point[1]) < 0.01);
    assert.deepEqual(others, []);
    assert.deepEqual(circles(root, "kept", `0 train ${quantity}`), []);
  }
  assert.ok(textsOf(root).includes("best validation accuracy 95.4% in epoch 2"));
});

Deno.test("what training begins with stands before the first epoch, ringed where it was kept", () => {
  const history = {
    ...historyOf([{ valAccuracy: 0.8 }, { valAccuracy: 0.85 }]),
    start: { loss: 0.2, accuracy: 0.95 },
    best: { epoch: START, accuracy: 0.95 },
  };
  const root = draw(history);
  const [train] = pieces(root, "0 train accuracy"), [val] = pieces(root, "0 val accuracy");
  assert.deepEqual([train.length, val.length], [2, 3]);
  const step = train[1][0] - train[0][0];
  assert.ok(Math.abs(train[0][0] - val[0][0] - step) < 0.02);
  const [ring] = circles(root, "kept", "0 val accuracy");
  assert.ok(Math.hypot(ring[0] - val[0][0], ring[1] - val[0][1]) < 0.01);
  assert.ok(textsOf(root).includes("no epoch better than the start, of validation accuracy 95.0%"));
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
  const [points] = pieces(root, "0 val loss");
  const uprights = allPlaced(root, "g").find(({ element }) =>
    element.attributes["aria-description"] === "drops"
  )!;
  const [upright] = all(uprights.element, "line");
  assert.equal(upright.attributes.x1, upright.attributes.x2);
  const at = number(upright, "x1") + uprights.x;
  assert.ok(Math.abs(at - (points[6][0] + points[7][0]) / 2) < 0.02);
});

Deno.test("a smooth schedule is not marked epoch by epoch", () => {
  const rates = Array.from({ length: 20 }, (_, epoch) => ({ lr: 1e-3 * 0.9 ** epoch }));
  assert.deepEqual(textsOf(draw(historyOf(rates))).filter((text) => text.startsWith("LR")), []);
});

Deno.test("branches have colours of their own, and their names with a colour beside", () => {
  const root = draw(historyOf([{}, {}]), historyOf([{}, {}, {}]), historyOf([]));
  const colours = [0, 1].map((i) =>
    group(root, "curve", `${i} val loss`)!.element.attributes.stroke
  );
  assert.notEqual(colours[0], colours[1]);
  colours.forEach((colour, i) => {
    const name = placeOf(root, `run ${i}`);
    const { element, y } = allPlaced(root, "line").find(({ element }) =>
      element.attributes.stroke === colour
    )!;
    assert.ok(Math.abs(y + number(element, "y1") - name.y) < 10);
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
      for (const i of branches.keys()) {
        for (const name of ["train loss", "val loss", "train accuracy", "val accuracy"]) {
          for (const [x, y] of pieces(root, `${i} ${name}`).flat()) {
            assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, `${x}, ${y}`);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("no branches are refused", () => {
  assert.throws(() => drawTrainingCurves({ branches: [] }), /at least one branch/);
});
