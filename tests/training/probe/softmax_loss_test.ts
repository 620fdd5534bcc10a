/** The loss's gradient is its slope, and photos that come and go change it by their own part. */
import assert from "node:assert/strict";
import { Generator } from "../../../data/torch_random.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { paddedRows } from "../../../training/probe/row_products.ts";
import { PhotoLoss, softmaxLoss } from "../../../training/probe/softmax_loss.ts";
import { fitStandardScaler } from "../../../training/probe/standardise.ts";

const COLUMNS = 5, CLASSES = 3;
const random = new Generator(1);
const numbers = (count: number) =>
  Float64Array.from({ length: count }, () => random.uniformDouble());
const features = matrix(70, COLUMNS, numbers(70 * COLUMNS));
const labels = Int32Array.from({ length: 70 }, (_, i) => i % CLASSES);
const x = numbers(CLASSES * (COLUMNS + 1));
const rowsFrom = (from: number, to: number) =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

Deno.test("the gradient is the loss's slope along each weight and bias, with a scaler and without", () => {
  const rows = rowsFrom(3, 70), sampleWeight = numbers(70);
  for (const scaler of [undefined, fitStandardScaler(features, rows)]) {
    const options = { features, labels, classes: CLASSES, rows, sampleWeight, scaler, l2: 0.3 };
    const loss = softmaxLoss(options), gradient = new Float64Array(x.length);
    loss(x, gradient);
    const beside = (at: number, step: number) => {
      const moved = x.slice();
      moved[at] += step;
      return loss(moved, new Float64Array(x.length));
    };
    for (let at = 0; at < x.length; at++) {
      const slope = (beside(at, 1e-5) - beside(at, -1e-5)) / 2e-5;
      assert.ok(Math.abs(slope - gradient[at]) < 1e-8, `${at}: ${gradient[at]}, not ${slope}`);
    }
  }
});

Deno.test("photos that came and went leave the loss and the gradient of those that are left", () => {
  const photos = new PhotoLoss(CLASSES, COLUMNS), other = labels.map((label) => 2 - label);
  const rows = rowsFrom(0, 37), scaler = fitStandardScaler(features, rows);
  const objective = softmaxLoss(
    { features, labels: other, classes: CLASSES, rows: rowsFrom(0, 60), scaler, l2: 0.3 },
    photos,
  );
  objective(x, new Float64Array(x.length));
  photos.scale(60);
  const change = (rows: Int32Array, of: Int32Array, share: number) =>
    photos.add(features, of, paddedRows(rows), rows.length, () => share);
  change(rowsFrom(37, 60), other, -1); // they go
  change(rowsFrom(5, 10), other, -1); // these are called otherwise
  change(rowsFrom(5, 10), labels, 1);
  photos.scale(1 / 37);
  const gradient = new Float64Array(x.length), expected = new Float64Array(x.length);
  const value = photos.penalised(x, scaler, 0.3, gradient);
  const told = other.with(5, labels[5]);
  for (let i = 6; i < 10; i++) told[i] = labels[i];
  const scratch = softmaxLoss({ features, labels: told, classes: CLASSES, rows, scaler, l2: 0.3 });
  assert.ok(Math.abs(value - scratch(x, expected)) < 1e-13);
  gradient.forEach((slope, at) => assert.ok(Math.abs(slope - expected[at]) < 1e-13));
});
