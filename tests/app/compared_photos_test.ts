import assert from "node:assert/strict";
import fc from "fast-check";
import { CHOOSE, comparedPhotos, describeRace, LOOK } from "../../app/compared_photos.ts";

Deno.test("comparing takes a quarter of a time budget at most, unless fewer photos would tell nothing", () => {
  const networks = fc.integer({ min: 2, max: 25 });
  fc.assert(fc.property(networks, fc.integer({ min: 1, max: 1e6 }), (networks, budget) => {
    const photos = comparedPhotos(networks, budget);
    assert.ok(Number.isInteger(photos) && photos >= 100 && photos <= 1000);
    const seconds = photos * networks * (LOOK + CHOOSE);
    if (photos > 100) assert.ok(seconds <= budget / 4);
    // One more would be too many.
    if (photos < 1000) assert.ok(seconds + networks * (LOOK + CHOOSE) > budget / 4);
    const said = describeRace(networks, budget);
    assert.equal(said === undefined, photos === 1000);
    if (said) assert.match(said, new RegExp(`by ${photos} photos .* budget of ${budget} s`));
  }));
});

Deno.test("without a budget, or a choice, nothing is raced", () => {
  assert.equal(comparedPhotos(7), 1000);
  assert.equal(comparedPhotos(1, 10), 1000);
  assert.equal(describeRace(7), undefined);
  assert.equal(describeRace(1, 10), undefined);
  assert.match(describeRace(7, 10)!, /100 photos at most.*Name one network with --model/);
});
