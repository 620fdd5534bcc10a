import assert from "node:assert/strict";
import { Kept } from "../../../app/home/kept.ts";

Deno.test("what takes long is made once, and the last few of it are kept", async () => {
  const kept = new Kept<string>(2);
  const made: string[] = [];
  const get = (name: string) =>
    kept.get(name, () => {
      made.push(name);
      return Promise.resolve(name);
    });
  assert.deepEqual(await Promise.all([get("a"), get("a"), get("b")]), ["a", "a", "b"]);
  await get("a"); // it is the newer one now
  await get("c");
  await get("a");
  await get("b");
  assert.deepEqual(made, ["a", "b", "c", "b"]);
});

Deno.test("what failed is made anew", async () => {
  const kept = new Kept<number>(2);
  await assert.rejects(kept.get("a", () => Promise.reject(new Error("no"))));
  assert.equal(await kept.get("a", () => Promise.resolve(1)), 1);
});
