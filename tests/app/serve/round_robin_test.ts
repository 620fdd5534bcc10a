import assert from "node:assert/strict";
import fc from "fast-check";
import { RoundRobin } from "../../../app/serve/round_robin.ts";

function takeAll(queue: RoundRobin<string>): string {
  const all: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) all.push(next.item);
  return all.join(" ");
}

Deno.test("senders take turns, each sender's items stay in order", () => {
  const queue = new RoundRobin<string>();
  for (const item of ["a1", "a2", "a3", "b1", "a4", "c1", "c2"]) queue.push(item[0], item);
  assert.equal(queue.size, 7);
  assert.equal(takeAll(queue), "a1 b1 c1 a2 c2 a3 a4");
  assert.equal(queue.size, 0);
});

Deno.test("whoever may not have a turn keeps it for later, and a sender's newest can be taken back", () => {
  const queue = new RoundRobin<string>();
  for (const item of ["a1", "a2", "b1"]) queue.push(item[0], item);
  assert.deepEqual(queue.take((sender) => sender !== "a"), { sender: "b", item: "b1" });
  assert.equal(queue.take((sender) => sender === "b"), undefined);
  assert.equal(queue.takeNewest("a"), "a2");
  assert.equal(queue.takeNewest("b"), undefined);
  assert.equal(queue.size, 1);
  assert.equal(takeAll(queue), "a1");
});

Deno.test("between two items of a sender, every other that waits has one", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", "d")), (senders) => {
    const queue = new RoundRobin<string>();
    for (const sender of senders) queue.push(sender, sender);
    const left = new Map<string, number>();
    for (const sender of senders) left.set(sender, (left.get(sender) ?? 0) + 1);
    const order = takeAll(queue).split(" ").filter((sender) => sender);
    assert.deepEqual(order.toSorted(), senders.toSorted());
    for (let i = 0; i < order.length; i++) {
      const next = order.indexOf(order[i], i + 1);
      left.set(order[i], left.get(order[i])! - 1);
      if (next < 0) continue;
      const between = new Set(order.slice(i + 1, next));
      for (const [sender, count] of left) {
        if (sender !== order[i] && count > 0) assert.ok(between.has(sender), order.join());
      }
    }
  }));
});
