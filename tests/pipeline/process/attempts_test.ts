/** Steps that fail are tried again where that may help, and end when their time is up. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import type { Executor } from "../../../pipeline/executor.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { formatLimit } from "../../../pipeline/process/format_limit.ts";
import { listRuns } from "../../../pipeline/upkeep/history.ts";
import { Folder, Gate, runCollecting, schemaOf, statuses, STEPS, writeText } from "../rig.ts";

function stumble(
  folder: Folder,
  how: string,
  failures: number,
  more: Partial<StepDeclaration> = {},
): StepDeclaration {
  const path = `${folder.path}/attempts.txt`;
  return {
    name: "stumbles",
    module: new URL("stumble.ts", STEPS),
    parameters: schemaOf({ path, how, failures }),
    inputs: [],
    outputs: ["text.txt"],
    permissions: () => ({ read: [path], write: [path], run: true as const }),
    ...more,
  };
}

/** With permission to use the network, of which it makes no use. */
const networked = (folder: Folder, how: string, failures: number) => {
  const step = stumble(folder, how, failures);
  return {
    ...step,
    permissions: (p: unknown) => ({ ...step.permissions!(p), net: ["a.example"] }),
  };
};

const tried = async (step: StepDeclaration, folder: Folder, more = {}) => {
  const { record, events } = await runCollecting(definePipeline([step]), {
    ...folder,
    retryWait: 0.01,
    ...more,
  });
  const attempts = folder.read("attempts.txt").length;
  const retried = events.filter((event) => event.type === "step_retried");
  return { step: record.steps[0], record, events, attempts, retried };
};

Deno.test("a step with retries is tried again, and events and the record tell of each attempt", async () => {
  using folder = new Folder();
  const { step, events, attempts, retried } = await tried(
    stumble(folder, "throw", 2, { retries: 2 }),
    folder,
  );
  assert.deepEqual([step.status, attempts], ["ran", 3]);
  const told = retried.map(({ type: _, step: __, ...failed }) => failed);
  assert.deepEqual(
    told.map(({ number, most, message, wait }) => [number, most, message, wait]),
    [[1, 3, "it stumbled", 0.01], [2, 3, "it stumbled", 0.04]],
  );
  assert.ok(told.every(({ seconds }) => seconds > 0));
  assert.deepEqual(step.failedAttempts, told);
  assert.deepEqual((await listRuns(folder.store))[0].steps[0].failedAttempts, told);
  const [started, ...others] = events.filter(({ type }) => type === "step_started");
  assert.deepEqual(others, [], "it is one step, however often it is tried");
  assert.ok(started.type === "step_started");
  assert.deepEqual(started.retries, { most: 2, after: "any failure" });
  assert.deepEqual([...Deno.readDirSync(step.artifact!)].map(({ name }) => name), ["text.txt"]);
  assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
});

Deno.test("a step that fails more often than it is tried again has failed", async () => {
  using folder = new Folder();
  const { step, attempts } = await tried(stumble(folder, "throw", 9, { retries: 1 }), folder);
  assert.deepEqual([step.status, step.reason, attempts], ["failed", "it stumbled", 2]);
  assert.equal(step.failedAttempts!.length, 1);
});

for (
  const [how, failures, attempts, status] of [
    ["reset", 2, 3, "ran"],
    ["transient", 1, 2, "ran"],
    ["reset", 3, 3, "failed"],
    ["throw", 1, 1, "failed"],
    ["die", 1, 1, "failed"],
  ] as const
) {
  const name =
    `a step of the network that fails by "${how}" ${failures} times is tried ${attempts}`;
  Deno.test(name, async () => {
    using folder = new Folder();
    const found = await tried(networked(folder, how, failures), folder);
    assert.deepEqual([found.step.status, found.attempts], [status, attempts]);
    if (how === "reset") assert.equal(found.retried[0].message, "no answer: reset");
  });
}

Deno.test("a step without network is not tried again, nor one that asks not to be", async () => {
  using folder = new Folder();
  assert.equal((await tried(stumble(folder, "reset", 1), folder)).attempts, 1);
  using other = new Folder();
  const never = { ...networked(other, "reset", 1), retries: 0 };
  assert.equal((await tried(never, other)).attempts, 1);
});

for (const how of ["wait", "spin"]) {
  Deno.test(`a step that hangs (${how}) is ended by its limit, and what it was at is named`, async () => {
    using folder = new Folder();
    const hanging = stumble(folder, how, 1, { timeLimit: () => 1.5 });
    const { step, events } = await tried(hanging, folder);
    assert.equal(step.status, "failed");
    assert.equal(step.reason, "it took longer than its limit of 1.5 s; it was at stone 1");
    assert.equal(step.error!.cause, "late");
    const started = events.find(({ type }) => type === "step_started");
    assert.ok(started?.type === "step_started" && started.timeLimit === 1.5);
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
    // Other time is no other result.
    const again = await tried({ ...hanging, retries: 1, timeLimit: () => 60 }, folder);
    assert.equal(again.step.status, "ran");
    assert.deepEqual(statuses((await tried(hanging, folder)).record), { stumbles: "cached" });
  });
}

Deno.test("a step that hangs once is tried again, if it is declared so", async () => {
  using folder = new Folder();
  const { step } = await tried(
    stumble(folder, "wait", 1, { timeLimit: () => 1.5, retries: 1 }),
    folder,
  );
  assert.deepEqual([step.status, step.failedAttempts!.length], ["ran", 1]);
});

Deno.test("a step that is killed says what it was at", async () => {
  using folder = new Folder();
  const { step } = await tried(stumble(folder, "die", 1), folder);
  assert.match(step.reason, /^its process was killed: .*; it was at stone 1$/);
});

Deno.test("a step that is lost with its machine is tried again, three attempts in all", async () => {
  for (const [losses, status] of [[2, "done"], [3, "failed"]] as const) {
    using folder = new Folder();
    let attempts = 0;
    const executor: Executor = {
      execute({ request }) {
        if (++attempts <= losses) {
          const error = { message: "node n3 failed", cause: "lost" as const, logTail: [] };
          return Promise.resolve({ status: "failed", error });
        }
        Deno.writeTextFileSync(`${request.output}/text.txt`, "");
        return Promise.resolve({ status: "done" });
      },
    };
    const { record } = await runCollecting(definePipeline([writeText("a")]), {
      ...folder,
      executor,
      retryWait: 0.01,
    });
    assert.deepEqual([record.status, attempts], [status, 3]);
  }
});

Deno.test("a step whose GPU is lost is tried again, three attempts in all", async () => {
  for (const [losses, status] of [[2, "ran"], [3, "failed"]] as const) {
    using folder = new Folder();
    const { step, attempts } = await tried(stumble(folder, "lose", losses), folder);
    assert.deepEqual([step.status, attempts], [status, 3]);
  }
});

Deno.test("an interruption ends the wait for another attempt", async () => {
  using folder = new Folder();
  const interruption = new AbortController();
  const { record } = await tried(stumble(folder, "throw", 9, { retries: 5 }), folder, {
    retryWait: 3600,
    signal: interruption.signal,
    onEvent: ({ type }: { type: string }) => type === "step_retried" && interruption.abort(),
  });
  assert.deepEqual([record.status, statuses(record)], ["interrupted", { stumbles: "skipped" }]);
});

Deno.test("the failure of another step ends the wait for another attempt", async () => {
  using folder = new Folder();
  await using gate = new Gate();
  const pipeline = definePipeline([
    stumble(folder, "throw", 9, { retries: 5 }),
    gate.step("other", { retries: 0 }),
  ]);
  const running = runCollecting(pipeline, {
    ...folder,
    retryWait: 3600,
    onEvent: async ({ type }) => {
      if (type !== "step_retried") return;
      Deno.kill((await arrived).pid, "SIGKILL");
    },
  });
  const arrived = gate.arrival();
  const { record } = await running;
  assert.deepEqual(statuses(record), { other: "failed", stumbles: "skipped" });
});

Deno.test("code that changed meanwhile is no failure that another attempt would mend", async () => {
  using folder = new Folder();
  const path = folder.write("step.ts", "export {};");
  const step = writeText("a", [], { module: new URL(`file://${path}`), retries: 3 });
  let attempts = 0;
  const executor: Executor = {
    async execute(_work, { onReady }) {
      attempts++;
      folder.write("step.ts", `export const edited = ${attempts};`);
      const message = await onReady().then(() => "not noticed", ({ message }) => message);
      return { status: "failed", error: { message, logTail: [] } };
    },
  };
  const { record } = await runCollecting(definePipeline([step]), { ...folder, executor });
  assert.match(record.steps[0].reason, /^while it ran, step\.ts changed/);
  assert.equal(attempts, 1);
});

Deno.test("plan says what limits a step has", async () => {
  using folder = new Folder();
  const step = { ...networked(folder, "throw", 0), timeLimit: () => 7200 };
  const [planned] = await plan(definePipeline([step, writeText("a")]), folder);
  assert.deepEqual([planned.timeLimit, planned.retries], [
    7200,
    { most: 2, after: "failures of the network" },
  ]);
  await tried(step, folder);
  const [again, other] = await plan(definePipeline([step, writeText("a")]), {
    ...folder,
    force: true,
  });
  assert.deepEqual([again.timeLimit, again.retries?.most, other.timeLimit, other.retries], [
    7200,
    2,
    undefined,
    undefined,
  ]);
});

Deno.test("limits are told in the largest unit that says them well", () => {
  const told = [1.5, 45, 119, 120, 5400, 7200, 9000, 86400].map(formatLimit);
  assert.deepEqual(told, ["1.5 s", "45 s", "119 s", "2 min", "90 min", "2 h", "2.5 h", "24 h"]);
});
