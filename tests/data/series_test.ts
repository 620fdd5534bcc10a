import assert from "node:assert/strict";
import fc from "fast-check";
import { seriesOf } from "../../data/series.ts";

interface Photo {
  camera: string;
  seconds: number | undefined;
}
const shotOf = ({ camera, seconds }: Photo) =>
  seconds === undefined ? undefined : { camera, seconds };

const photos = fc.array(fc.record({
  camera: fc.constantFrom("a", "b"),
  seconds: fc.option(fc.nat(100), { nil: undefined }),
}));

Deno.test("photos are of one series if and only if steps of at most the pause lead from one to the other", () => {
  fc.assert(fc.property(photos, fc.nat(20), (photos, pause) => {
    const series = seriesOf(photos, shotOf, pause);
    const known = photos.filter(({ seconds }) => seconds !== undefined);
    assert.deepEqual(new Set(series.flat()), new Set(known));
    assert.equal(series.flat().length, known.length);
    const of = new Map(series.flatMap((members, i) => members.map((photo) => [photo, i] as const)));
    for (const photo of known) {
      // By hand: all that can be reached.
      const reached = new Set([photo]);
      for (const from of reached) {
        for (const to of known) {
          const isNear = to.camera === from.camera &&
            Math.abs(to.seconds! - from.seconds!) <= pause;
          if (isNear) reached.add(to);
        }
      }
      const together = known.filter((other) => of.get(other) === of.get(photo));
      assert.deepEqual(new Set(together), reached);
    }
  }));
});
