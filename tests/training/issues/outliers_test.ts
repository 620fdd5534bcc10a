import assert from "node:assert/strict";
import { findOutliers } from "../../../training/issues/outliers.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import reference from "../../fixtures/training/label_issues.json" with { type: "json" };

const { features, found } = reference.outliers;

Deno.test("the same outliers as cleanlab's, the farthest first", () => {
  const all = matrix(features.length, features[0].length, features.flat());
  assert.ok(found.length > 0);
  assert.deepEqual(findOutliers(all), found);
});

Deno.test("so few photos that each has not ten neighbours have no outliers", () => {
  const few = features.slice(0, 10);
  assert.deepEqual(findOutliers(matrix(10, few[0].length, few.flat())), []);
});
