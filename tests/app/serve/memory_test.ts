import assert from "node:assert/strict";
import { Memory } from "../../../app/serve/memory.ts";
import { BusyError } from "../../../app/serve/refusals.ts";

Deno.test("bytes are held up to what one sender may, and all may, until they are let go", () => {
  const memory = new Memory(100, 60);
  const ofA = memory.hold("a");
  {
    using second = memory.hold("a");
    ofA.add(40);
    second.add(20);
    assert.throws(() => second.add(1), BusyError, "one sender's share");
    using ofB = memory.hold("b");
    ofB.add(40);
    assert.throws(() => ofB.add(1), BusyError, "all there is");
  }
  ofA.add(20);
  using ofB = memory.hold("b");
  ofB.add(40);
  ofA[Symbol.dispose]();
  using ofC = memory.hold("c");
  ofC.add(60);
});
