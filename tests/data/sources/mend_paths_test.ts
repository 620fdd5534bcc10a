import assert from "node:assert/strict";
import fc from "fast-check";
import { mendPaths } from "../../../data/sources/mend_paths.ts";
import { planLayout } from "../../../data/sources/layout.ts";
import type { Change } from "../../../data/review/journal.ts";

const CLASSES = ["ants", "bees", "wasps"];
const NAMES = ["1.jpg", "2.jpg", "1 (2).jpg", "nest/1.jpg"];
const DIVISION = { seed: 0, valFraction: 0.2 };

const pathsOf = (tops: readonly string[]) =>
  tops.flatMap((top) => CLASSES.flatMap((name) => NAMES.map((file) => `${top}${name}/${file}`)));
const read = () => Promise.resolve(new Uint8Array(0));

const mend = (paths: readonly string[], changes: readonly Change[]) =>
  mendPaths(paths, planLayout(paths, "mine", DIVISION).files, (path) => path, changes, read);

Deno.test("whatever is decided, no photo takes another's place, and none is lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom([""], ["train/", "val/"], ["deep/train/", "deep/val/"]),
      fc.array(fc.tuple(fc.nat(), fc.option(fc.constantFrom(...CLASSES))), { maxLength: 20 }),
      async (tops, decisions) => {
        const paths = pathsOf(tops);
        const changes = new Map(decisions.map(([i, to]): [string, Change] => {
          const photo = paths[i % paths.length];
          return [photo, { photo, ...(to !== null && { class: to }) }];
        }));
        const { paths: mended, moves } = await mend(paths, [...changes.values()]);
        const files = mended.filter((path) => !path.endsWith("/"));
        assert.equal(new Set(files).size, files.length);
        const aside = moves.filter(({ to }) => to === undefined).length;
        assert.equal(files.length, paths.length - aside);
        // Done one after the other, as files are moved, each finds its place free.
        const lying = new Set(paths);
        for (const { from, to } of moves) {
          assert.ok(lying.delete(from), from);
          if (to === undefined) continue;
          assert.ok(!lying.has(to), to);
          lying.add(to);
        }
        assert.deepEqual([...lying].sort(), files);
        // Its part stays, and its class is the one that was decided.
        for (const { to, change } of moves) {
          if (to === undefined) continue;
          const top = tops.find((top) => change.photo.startsWith(top))!;
          assert.ok(to.startsWith(`${top}${change.class}/`), to);
        }
      },
    ),
    { seed: 3, numRuns: 200 },
  );
});

Deno.test("a class whose photos are all set aside is empty, and not forgotten", async () => {
  const paths = pathsOf([""]);
  const gone = paths.filter((path) => path.startsWith("ants/")).map((photo) => ({ photo }));
  const { paths: mended } = await mend(paths, gone);
  assert.ok(mended.includes("ants/"));
  assert.throws(() => planLayout(mended, "mine", DIVISION), /ants\/ of mine has no photos/);
});

Deno.test("photos to test by are counted, with what it means to clean a test", async () => {
  const paths = pathsOf(["train/", "test/"]);
  const { files } = planLayout(paths, "mine", { ...DIVISION, parts: 3 });
  const changes = [
    { photo: "test/ants/1.jpg", class: "bees" },
    { photo: "train/ants/1.jpg" },
    { photo: "test/wasps/1.jpg", class: "wasps" },
  ];
  const { note } = await mendPaths(paths, files, (path) => path, changes, read);
  assert.match(note, /1 photo in another class, 1 photo set aside; 1 photo of these is to test by/);
  assert.match(note, /flatters the model/);
});
