/** On a cluster in which all goes wrong that can, no step is lost and none is made twice. */
import assert from "node:assert/strict";
import { Folder } from "../pipeline/rig.ts";
import { type Scenario, simulate } from "./simulation.ts";

/** Calls that three kinds of them come to, one a second at most and `squeue` each five. */
const MOST_CALLS = 1 + 1 + 0.2;

async function check(scenario: Scenario) {
  using folder = new Folder();
  const count = await simulate(scenario, folder.path);
  const what = JSON.stringify(scenario);
  assert.deepEqual(count.wrongs, [], what);
  assert.equal(count.done + count.failed + count.skipped, count.steps, what);
  assert.ok(count.done > 0.9 * count.steps - 2, `${what}: ${count.done} of ${count.steps}`);
  assert.ok(count.mostCalls <= MOST_CALLS, `${what}: ${count.mostCalls} calls a second`);
  return count;
}

Deno.test("lost nodes, silent controllers and killed drivers lose no step and double none", async () => {
  let lost = 0, livedOn = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { jobs } = await check({ seed, nodes: 10, settings: 12, kills: seed % 4, queue: 1000 });
    lost += jobs.lost;
    livedOn += jobs.livedOn;
  }
  // So much did go wrong.
  assert.ok(lost > 3 && livedOn > 0, `${lost} lost, ${livedOn} lived on`);
});

Deno.test("a queue that takes few jobs at a time takes all of them in the end", async () => {
  await check({ seed: 1, nodes: 4, settings: 16, kills: 1, queue: 3 });
});

Deno.test("on a thousand nodes there are no more calls than on ten", async () => {
  const few = await check({ seed: 3, nodes: 10, settings: 12, kills: 0, queue: 1000 });
  const many = await check({ seed: 3, nodes: 1000, settings: 80, kills: 0, queue: 1000 });
  const aMinute = ({ calls, hours }: typeof few) =>
    (calls.submit + calls.queue + calls.cancel) / (60 * hours);
  assert.ok(aMinute(many) < aMinute(few) + 20, `${aMinute(many)} against ${aMinute(few)}`);
});
