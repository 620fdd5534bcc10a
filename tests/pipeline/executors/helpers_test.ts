/** Processes that a step has started: without permissions, and ended when it likes, or ends. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import { Guard } from "../../../pipeline/executors/guard.ts";
import { Helpers } from "../../../pipeline/executors/helpers.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { startHelper } from "../../../pipeline/process/helper.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, runAlone, schemaOf, stepOf, STEPS } from "../rig.ts";
import { HELPER } from "../steps/ask_helper.ts";

const asks: StepDeclaration = {
  name: "asks",
  module: new URL("ask_helper.ts", STEPS),
  parameters: schemaOf({ bytes: [1], patience: 60_000 }),
  inputs: [],
  outputs: ["text.txt"],
  helpers: { next: HELPER },
};

async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

async function assertGone(pid: number): Promise<void> {
  for (let tries = 0; await isAlive(pid); tries++) assert.ok(tries < 200, `${pid} is there`);
}

Deno.test("each helper answers for itself, without any permission; one that hangs or breaks costs its question", async () => {
  using folder = new Folder();
  const parameters = { asks: { bytes: [1, 255, 254, 7], patience: 3000 } };
  const record = await run(definePipeline([asks]), { ...folder, parameters });
  const { artifact, status } = stepOf(record, "asks");
  assert.equal(status, "ran");
  const answers = (await Deno.readTextFile(`${artifact}/text.txt`)).split("\n")
    .map((line) => line.split(" "));
  assert.deepEqual(answers.map(([, allowed]) => allowed), Array(4).fill("false"));
  assert.deepEqual(answers.map(([, , answer]) => answer), ["2", "nothing", "nothing", "8"]);
  // Also that which was not ended by the step is gone.
  for (const [pid] of answers) await assertGone(Number(pid));
  const log = await Deno.readTextFile(`${folder.store}/runs/${record.id}/asks.log`);
  assert.match(log, /broke over it/);
});

Deno.test("a step that declares no helpers has none, and may reach none", async () => {
  using folder = new Folder();
  const { helpers: _, ...without } = asks;
  const { status, reason } = await runAlone(without, folder.store);
  assert.equal(status, "failed");
  assert.doesNotMatch(reason, /NotCapable/);
});

Deno.test("a helper whose code is not in the step's key is refused by name", async () => {
  using folder = new Folder();
  const helpers = { next: new URL("write_text.ts", STEPS) };
  const { status, reason } = await runAlone({ ...asks, helpers }, folder.store);
  assert.equal(status, "failed");
  assert.match(reason, /its helper "next" is .*write_text\.ts, which the step does not import/);
});

for (const sockets of [true, false]) {
  if (sockets && Deno.build.os === "windows") continue;
  Deno.test(`helpers are reached by ${sockets ? "sockets" : "ports"}, and end with whoever started them`, async () => {
    await using guard = new Guard();
    const helpers = new Helpers({ one: HELPER, other: HELPER }, guard, () => {}, { sockets });
    const started = await Promise.all(Object.values(helpers.addresses).map(startHelper));
    const pids = await Promise.all(started.map(async ({ output }) => {
      const reader = output.getReader();
      const hello = (await reader.read()).value;
      reader.releaseLock();
      return parseInt(new TextDecoder().decode(hello));
    }));
    assert.equal(new Set(pids).size, 2);
    started[0].kill();
    await assertGone(pids[0]);
    assert.equal(await isAlive(pids[1]), true);
    helpers[Symbol.dispose]();
    await assertGone(pids[1]);
    await started[1].ended;
    await assert.rejects(async () => await startHelper(Object.values(helpers.addresses)[0]));
  });
}
