/** What a run looks like on a terminal, as one draws it. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import xterm from "@xterm/headless";
import { TerminalRenderer } from "../../../app/cli/terminal_renderer.ts";

/** A terminal, and the lines that stand on it. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly #terminal: xterm.Terminal;

  constructor(readonly columns: number) {
    super({
      write: (bytes: Uint8Array, _encoding, done) => this.#terminal.write(bytes, () => done()),
    });
    const options = { rows: 12, convertEol: true, allowProposedApi: true };
    this.#terminal = new xterm.Terminal({ cols: columns, ...options });
  }

  async lines(): Promise<string[]> {
    await new Promise((done) => this.write("", done));
    const { active, active: { length } } = this.#terminal.buffer;
    const lines = Array.from({ length }, (_, i) => active.getLine(i)!.translateToString(true));
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }
}

Deno.test("on a terminal, bars stand below what was logged and what is finished, line by line", async () => {
  const screen = new Screen(80);
  const renderer = new TerminalRenderer(screen);
  renderer.show({ type: "run_started", run: "now", steps: ["train_finetune", "train_frozen"] });
  const started = { type: "step_started", why: "changed", changes: [] } as const;
  renderer.show({ ...started, step: "train_finetune", reason: "it never ran" });
  renderer.show({ ...started, step: "train_frozen", reason: "lr: 1 → 2" });
  const progress = { type: "step_progress", step: "train_finetune", unit: "batches" } as const;
  renderer.show({ ...progress, done: 3, total: 4, message: "epoch 1" });
  renderer.show({ type: "step_log", step: "train_frozen", text: "one\ntwo" });
  assert.deepEqual(await screen.lines(), [
    "  train_frozen     one",
    "  train_frozen     two",
    "train_finetune   ██████░░ 75%                   epoch 1",
    "train_frozen     ░░░░░░░░ 0% lr: 1 → 2",
  ]);

  const finished = {
    type: "step_finished",
    seconds: 2,
    reason: "it never ran",
    changes: [],
  } as const;
  renderer.show({ ...finished, step: "train_finetune", status: "ran" });
  assert.deepEqual((await screen.lines()).slice(2), [
    "✓ train_finetune   ran in 2.0 s (it never ran)",
    "train_frozen     ░░░░░░░░ 0% lr: 1 → 2",
  ]);

  renderer.show({ ...finished, step: "train_frozen", status: "failed" });
  renderer.close();
  assert.deepEqual((await screen.lines()).slice(2), [
    "✓ train_finetune   ran in 2.0 s (it never ran)",
    "✗ train_frozen     failed in 2.0 s",
  ]);
});

Deno.test("what a step says above a long bar has nothing of the bar behind it", async () => {
  const screen = new Screen(80);
  const renderer = new TerminalRenderer(screen);
  const steps = ["cross_validate_1", "cross_validate_2"];
  renderer.show({ type: "run_started", run: "now", steps });
  for (const step of steps) {
    const reason = "a reason that is long enough to fill the line, fold: 0 → 1";
    renderer.show({ type: "step_started", step, reason, why: "changed", changes: [] });
  }
  // The first draws the bars, over which the next one is written.
  renderer.show({ type: "step_log", step: steps[0], text: "x" });
  const long = `${"x".repeat(50)} ${"y".repeat(20)} ${"x".repeat(45)} z`;
  renderer.show({ type: "step_log", step: steps[0], text: long });
  const lines = (await screen.lines()).slice(1, -2);
  assert.ok(lines.length > 2);
  assert.equal(lines.join("").replace(steps[0], "").replace(/\s/g, ""), long.replaceAll(" ", ""));
  renderer.close();
});

for (const columns of [60, 80, 120]) {
  Deno.test(`with ${columns} columns, what a step says while bars run is read to its end`, async () => {
    const screen = new Screen(columns);
    const renderer = new TerminalRenderer(screen);
    const step = "train_finetune";
    renderer.show({ type: "run_started", run: "now", steps: [step] });
    renderer.show({
      type: "step_started",
      step,
      reason: "it never ran",
      why: "changed",
      changes: [],
    });
    const said = [
      "epoch 1/5: train loss 0.5512 accuracy 71.3%, val loss 0.2513 accuracy 90.2%, best 90.2% (3.3 s)",
      "finetune: 90.2% of val (138 of 153; 95% interval 84.5% to 94.0%)",
    ];
    const message = "epoch 2/5  train loss 0.3012  accuracy  84.5%  val  90.2%  best  90.2%";
    renderer.show({
      type: "step_progress",
      step,
      unit: "batches",
      done: 1,
      total: 4,
      message,
    });
    for (const text of said) renderer.show({ type: "step_log", step, text });
    const lines = await screen.lines();
    const bar = lines.pop()!;
    const read = lines.map((line) => line.replace(step, "").trim()).join(" ");
    assert.equal(read, said.join(" "));
    // What a bar has no room for is not cut without a sign.
    if (!bar.endsWith(message)) assert.match(bar, /…$/);
    renderer.close();
  });
}
