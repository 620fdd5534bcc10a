import assert from "node:assert/strict";
import { drawSweepChart, type SweepChartRow } from "../../report/sweep_chart.ts";
import { all, allPlaced, number, parseSvg, placeOf, textsOf } from "./svg_parts.ts";

const row = (lr: string, branch: string, accuracies: number[]): SweepChartRow => {
  const mean = accuracies.reduce((a, b) => a + b) / accuracies.length;
  return {
    labels: { lr, model: "m" },
    branch,
    mean,
    interval: [mean - 0.05, mean + 0.03],
    runs: accuracies.map((accuracy) => ({ accuracy })),
  };
};

const rows = [row("1e-3", "frozen", [0.9, 0.94]), row("1e-2", "finetune", [0.8, 0.7, 0.9])];

Deno.test("a chart has a line a setting, from the top in the order given", () => {
  const root = parseSvg(drawSweepChart({ rows }).svg);
  const texts = textsOf(root);
  for (const text of ["lr 1e-3, model m", "lr 1e-2, model m", "92.0%", "80.0%"]) {
    assert.ok(texts.includes(text), text);
  }
  const y = (text: string) => placeOf(root, text).y;
  assert.ok(y("lr 1e-3, model m") < y("lr 1e-2, model m"));
  assert.equal(y("lr 1e-3, model m"), y("92.0%"));
});

Deno.test("a dot a run lies on the axis where its accuracy is, the mean between them", () => {
  const root = parseSvg(drawSweepChart({ rows }).svg);
  const dots = allPlaced(root, "circle").map(({ element, x }) => x + number(element, "cx"));
  assert.equal(dots.length, 5);
  const tick = (text: string) => placeOf(root, text).x;
  const [from, to] = [tick("70%"), tick("90%")];
  const at = (accuracy: number) => from + (accuracy - 0.7) / 0.2 * (to - from);
  [0.9, 0.94, 0.8, 0.7, 0.9].forEach((accuracy, i) =>
    assert.ok(Math.abs(dots[i] - at(accuracy)) < 0.02, `${dots[i]} is not ${at(accuracy)}`)
  );
  const means = allPlaced(root, "g").find(({ element }) =>
    element.attributes["aria-description"] === "means"
  )!;
  assert.deepEqual(
    all(means.element, "line").map((line) => Math.round(means.x + number(line, "x1") - at(0))),
    [0.92, 0.8].map((mean) => Math.round(at(mean) - at(0))),
  );
});

Deno.test("a branch has the same colour whichever comes first", () => {
  const colours = ({ svg }: { svg: string }) =>
    new Set(all(parseSvg(svg), "circle").map((dot) => dot.attributes.fill));
  const first = [...colours(drawSweepChart({ rows: [rows[0], rows[1]] }))];
  const second = [...colours(drawSweepChart({ rows: [rows[1], rows[0]] }))];
  assert.equal(first.length, 2);
  assert.deepEqual(first, second.reverse());
});

Deno.test("of many settings the first forty are drawn, and the heading says so; of none nothing is", () => {
  const many = Array.from({ length: 200 }, (_, i) => row(`${i}`, "frozen", [0.5]));
  const texts = textsOf(parseSvg(drawSweepChart({ rows: many }).svg));
  assert.equal(texts.filter((text) => text.startsWith("lr ")).length, 40);
  assert.ok(texts.some((text) => text.endsWith("the first 40 of 200")));
  assert.throws(() => drawSweepChart({ rows: [] }), RangeError);
});
