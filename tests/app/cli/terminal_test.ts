/** What a run looks like on a terminal, as one draws it. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import xterm from "@xterm/headless";
import { TerminalRenderer } from "../../../app/cli/render.ts";

const COLUMNS = 80;

/** A terminal, and the lines that stand on it. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = COLUMNS;
  readonly #terminal = new xterm.Terminal({
    cols: COLUMNS,
    rows: 12,
    convertEol: true,
    allowProposedApi: true,
  });

  constructor() {
    super({
      write: (bytes: Uint8Array, _encoding, done) => this.#terminal.write(bytes, () => done()),
    });
  }

  async lines(): Promise<string[]> {
    await new Promise((done) => this.write("", done));
    const { active, active: { length } } = this.#terminal.buffer;
    const lines = Array.from({ length }, (_, i) => active.getLine(i)!.translateToString(true));
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }
}

Deno.test("on a terminal, bars stand below what was logged and what is finished, line by line", async () => {
  const screen = new Screen();
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
    "train_finetune   ████████████░░░░ 75%                   epoch 1",
    "train_frozen     ░░░░░░░░░░░░░░░░ 0%  lr: 1 → 2",
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
    "train_frozen     ░░░░░░░░░░░░░░░░ 0%  lr: 1 → 2",
  ]);

  renderer.show({ ...finished, step: "train_frozen", status: "failed" });
  renderer.close();
  assert.deepEqual((await screen.lines()).slice(2), [
    "✓ train_finetune   ran in 2.0 s (it never ran)",
    "✗ train_frozen     failed in 2.0 s",
  ]);
});
