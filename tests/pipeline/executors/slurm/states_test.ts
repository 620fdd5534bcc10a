import assert from "node:assert/strict";
import type { QueuedJob } from "../../../../pipeline/executors/slurm/slurm.ts";
import { fateOf, unusualReason } from "../../../../pipeline/executors/slurm/states.ts";

const job = (state: string, more: Partial<QueuedJob> = {}): QueuedJob => ({
  name: "graft-1",
  task: 0,
  id: "7_0",
  state,
  time: "2:00:00",
  memory: "4G",
  node: "n2",
  reason: "None",
  ...more,
});

Deno.test("each of Slurm's states means one of four things", () => {
  const kinds = (...states: string[]) => states.map((state) => fateOf(job(state)).kind);
  assert.deepEqual(kinds("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED"), [
    "alive",
    "alive",
    "alive",
    "alive",
    "alive",
  ]);
  // What nobody knows yet is no end.
  assert.deepEqual(kinds("SOMETHING_NEW", "REQUEUED", "STAGE_OUT"), ["alive", "alive", "alive"]);
  assert.deepEqual(kinds("COMPLETED", "FAILED"), ["over", "over"]);
  assert.deepEqual(kinds("NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "CANCELLED"), [
    "lost",
    "lost",
    "lost",
    "lost",
  ]);
  assert.deepEqual(kinds("TIMEOUT", "DEADLINE", "OUT_OF_MEMORY"), ["failed", "failed", "failed"]);
});

Deno.test("a limit is named, with what gives more", () => {
  const messageOf = (state: string) => {
    const fate = fateOf(job(state));
    return "message" in fate ? fate.message : "";
  };
  assert.match(messageOf("TIMEOUT"), /7_0 .* time limit of 2:00:00 .*--slurm time=/);
  assert.match(messageOf("OUT_OF_MEMORY"), /more than the 4G of memory .*--slurm mem=/);
  assert.match(messageOf("NODE_FAIL"), /lost with its node on n2$/);
  assert.equal((fateOf(job("TIMEOUT")) as { cause?: string }).cause, "late");
});

Deno.test("a job that waits for good is told of, one that waits its turn is not", () => {
  const reason = (reason: string, state = "PENDING") => unusualReason(job(state, { reason }));
  assert.equal(reason("None"), undefined);
  assert.equal(reason("Priority"), undefined);
  assert.equal(reason("Resources"), undefined);
  assert.equal(reason("BadConstraints"), "BadConstraints");
  assert.equal(reason("AssocGrpCPUMinutesLimit"), "AssocGrpCPUMinutesLimit");
  assert.equal(reason("BadConstraints", "RUNNING"), undefined);
});
