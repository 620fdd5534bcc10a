/** Several processes on one store. */
import assert from "node:assert/strict";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { drive } from "./driver.ts";
import { Folder, Gate } from "./rig.ts";

const finished = (events: PipelineEvent[]) =>
  events.flatMap((event) =>
    event.type === "step_finished" ? [[event.step, event.status, event.reason]] : []
  );

Deno.test("a process waits for the step that another one runs, and takes its result", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const specs = [{ name: "waits", port: gate.port }];
  const first = drive(folder.store, specs);
  const firstEvents = Array.fromAsync(first.events);
  const { go } = await gate.arrival();
  const second = drive(folder.store, specs);
  const secondEvents: PipelineEvent[] = [];
  for await (const event of second.events) {
    secondEvents.push(event);
    if (event.type === "step_log") {
      assert.equal(event.text, "another run makes it: waiting");
      await go();
    }
  }
  assert.deepEqual(finished(await firstEvents), [["waits", "ran", "it never ran"]]);
  assert.deepEqual(finished(secondEvents), [["waits", "cached", "another run made it"]]);
  assert.ok((await first.child.status).success && (await second.child.status).success);
});

Deno.test("a waiting process takes over when the other one is killed", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const specs = [{ name: "waits", port: gate.port }];
  const first = drive(folder.store, specs);
  const firstEvents = Array.fromAsync(first.events);
  await gate.arrival();
  const second = drive(folder.store, specs);
  const events: PipelineEvent[] = [];
  for await (const event of second.events) {
    events.push(event);
    if (event.type === "step_log") first.child.kill("SIGKILL");
    if (event.type === "step_started") await (await gate.arrival()).go();
  }
  assert.deepEqual(finished(events), [["waits", "ran", "it never ran"]]);
  await firstEvents;
  await first.child.status;
  await second.child.status;
});

Deno.test("processes that race run each step once, and all succeed", async () => {
  using folder = new Folder();
  const specs = ["a", "b", "c", "d", "e"].map((name, i, names) => (
    { name, inputs: i > 1 ? [names[i - 1], names[i - 2]] : [] }
  ));
  const racers = [1, 2, 3].map(() => drive(folder.store, specs));
  const events = await Promise.all(racers.map(({ events }) => Array.fromAsync(events)));
  for (const { child } of racers) assert.ok((await child.status).success);
  const ran = events.flatMap(finished).filter(([, status]) => status === "ran");
  assert.deepEqual(ran.map(([step]) => step).sort(), ["a", "b", "c", "d", "e"]);
  assert.equal(events.flatMap(finished).length, 15);
  assert.deepEqual(await verify(folder.store), []);
  assert.equal([...Deno.readDirSync(`${folder.store}/runs`)].length, 3);
});
