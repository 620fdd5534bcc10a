import assert from "node:assert/strict";
import fc from "fast-check";
import { joinGroups } from "../../data/join_groups.ts";

const photo = (path: string, group?: string, alike?: string) => ({ path, group, alike });

Deno.test("photos that nobody put together are none", () => {
  assert.equal(joinGroups([photo("a"), photo("b")]), undefined);
  assert.equal(joinGroups([]), undefined);
});

Deno.test("groups keep their names, near duplicates are named by the first, others by themselves", () => {
  assert.deepEqual(
    joinGroups([
      photo("a", "nest 1"),
      photo("b", undefined, "b"),
      photo("c"),
      photo("d", undefined, "b"),
      photo("e", "nest 1", "e"),
      photo("f", undefined, "e"), // like one of the nest
    ]),
    ["nest 1", "of near duplicates of b", "c", "of near duplicates of b", "nest 1", "nest 1"],
  );
});

Deno.test("two photos have one name where a chain of groups and likenesses leads from one to the other", () => {
  const name = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });
  fc.assert(fc.property(fc.array(fc.tuple(name, name), { maxLength: 25 }), (names) => {
    const photos = names.map(([group, alike], i) =>
      photo(`${i}.jpg`, group === undefined ? undefined : `group ${group}`, alike?.toString())
    );
    const sets = joinGroups(photos) ?? photos.map(({ path }) => path);
    // Warshall's closure of "directly linked".
    const linked = photos.map((a, i) =>
      photos.map((b, j) =>
        i === j || a.group !== undefined && a.group === b.group ||
        a.alike !== undefined && a.alike === b.alike
      )
    );
    for (const k of photos.keys()) {
      for (const i of photos.keys()) {
        for (const j of photos.keys()) linked[i][j] ||= linked[i][k] && linked[k][j];
      }
    }
    for (const i of photos.keys()) {
      for (const j of photos.keys()) assert.equal(sets[i] === sets[j], linked[i][j]);
    }
  }));
});
