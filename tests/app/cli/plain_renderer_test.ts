import assert from "node:assert/strict";
import { finishedLine, formatSeconds } from "../../../app/cli/event_lines.ts";
import { Pace, secondsLeft } from "../../../app/cli/pace.ts";
import { PlainRenderer } from "../../../app/cli/plain_renderer.ts";

Deno.test("durations are written in the unit a person would use", () => {
  assert.equal(formatSeconds(0.04), "0.0 s");
  assert.equal(formatSeconds(9.94), "9.9 s");
  assert.equal(formatSeconds(42.4), "42 s");
  assert.equal(formatSeconds(61), "1 min 1 s");
  assert.equal(formatSeconds(119.7), "2 min 0 s");
  assert.equal(formatSeconds(3720), "1 h 2 min");
});

Deno.test("time left follows the pace so far, and is not guessed in the first second", () => {
  assert.equal(secondsLeft(25, 100, 10), 30);
  assert.equal(secondsLeft(0, 100, 10), undefined);
  assert.equal(secondsLeft(1, 100, 0.5), undefined);
});

Deno.test("a step that goes on where it stopped is timed from there", () => {
  const pace = new Pace();
  const at = (seconds: number, done: number) =>
    pace.secondsLeft({ step: "train", done, total: 100 }, 1000 * seconds);
  assert.equal(at(0, 60), undefined);
  assert.equal(at(10, 70), 30);
  pace.start("train");
  assert.equal(at(20, 0), undefined);
  assert.equal(at(40, 20), 80);
});

Deno.test("a finished step says what happened, how long it took and why", () => {
  const event = { type: "step_finished" as const, step: "evaluate", artifact: "/a", changes: [] };
  assert.equal(
    finishedLine(
      { ...event, status: "ran", seconds: 2.25, reason: "the parameter lr changed" },
      16,
    ),
    "✓ evaluate         ran in 2.3 s (the parameter lr changed)",
  );
  assert.equal(
    finishedLine({ ...event, status: "cached", seconds: 0.01, reason: "" }, 16),
    "= evaluate         cached",
  );
});

Deno.test("an attempt that failed says why, and when the next one begins", () => {
  const lines: string[] = [];
  const renderer = new PlainRenderer((line) => lines.push(line));
  renderer.show({
    ...{ type: "step_retried", step: "download_data", number: 1, most: 3 },
    ...{ message: "a.example did not answer\x1b[2J", seconds: 5, wait: 1 },
  });
  assert.deepEqual(lines, [
    "! download_data    a.example did not answer\uFFFD[2J: attempt 2 of 3 begins in 1.0 s",
  ]);
});

Deno.test("what was shared says how much, what was there nothing, and what was not why", () => {
  const lines: string[] = [];
  const renderer = new PlainRenderer((line) => lines.push(line));
  const about = { step: "train_finetune", to: "s3://team/x" };
  renderer.show({ type: "step_shared", ...about, files: 2, bytes: 12_340_000 });
  renderer.show({ type: "step_shared", ...about, files: 0, bytes: 0 });
  renderer.show({ type: "step_not_shared", ...about, reason: "it is full\x1b[2J" });
  assert.deepEqual(lines, [
    "↑ train_finetune   shared with s3://team/x (12.3 MB)",
    "! train_finetune   not shared with s3://team/x: it is full\uFFFD[2J",
  ]);
});

Deno.test("plain output shows progress seldom, with amounts and the time left", () => {
  const lines: string[] = [];
  let now = 0;
  const renderer = new PlainRenderer((line) => lines.push(line), () => now);
  renderer.show({
    type: "step_started",
    step: "download_data",
    reason: "no result yet",
    why: "never_ran",
    changes: [],
  });
  for (now = 1000; now <= 40_000; now += 1000) {
    renderer.show({
      type: "step_progress",
      step: "download_data",
      done: now * 1000,
      total: 80_000_000,
      unit: "bytes",
    });
  }
  assert.equal(lines.length, 3);
  assert.match(lines[0], /download_data .* no result yet/);
  assert.match(lines[1], /15\.0 of 80\.0 MB, 1 min 5 s left/);
  assert.match(lines[2], /30\.0 of 80\.0 MB, 50 s left/);
});

Deno.test("every line that a step logs stands under its name", () => {
  const lines: string[] = [];
  const renderer = new PlainRenderer((line) => lines.push(line));
  renderer.show({ type: "step_log", step: "predict", text: "one\ntwo" });
  assert.deepEqual(lines, ["  predict          one", "  predict          two"]);
});

Deno.test("nothing that a step says, and no reason, steers the terminal", () => {
  const lines: string[] = [];
  const renderer = new PlainRenderer((line) => lines.push(line), () => 1e6 * lines.length);
  const evil = "a\x1b[2J\x1b]8;;http://evil\x1b\\b\u202ec\x9bd";
  const step = "predict";
  const changes: [] = [];
  const reason = `${evil}\n= train cached`;
  renderer.show({ type: "step_log", step, text: evil });
  renderer.show({ type: "step_started", step, reason, why: "changed", changes });
  renderer.show({ type: "step_progress", step, done: 1, unit: "photos", message: reason });
  renderer.show({ type: "step_finished", step, status: "ran", seconds: 1, reason, changes });
  assert.equal(lines.length, 4);
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}]/u);
});

Deno.test("a step that knows how long it will take is believed", () => {
  const event = { step: "train", done: 1, total: 9, seconds_left: 42 };
  assert.equal(new Pace().secondsLeft(event, 0), 42);
});
