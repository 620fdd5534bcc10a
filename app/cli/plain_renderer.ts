/** Draws a run's events for people, on stderr, in plain lines. */
import type { PipelineEvent } from "../../pipeline/events.ts";
import { printable } from "../../pipeline/process/printable.ts";
import {
  finishedLine,
  formatSeconds,
  logLines,
  nameWidth,
  retriedLine,
  sharedLines,
  type StepProgress,
} from "./event_lines.ts";
import { Pace } from "./pace.ts";

export interface Renderer {
  show(event: PipelineEvent): void;
  close(): void;
}

/** Plain output says how far a long step is at most this often. */
const PLAIN_INTERVAL_MS = 15_000;

/** "12.3 of 47.3 MB", "12 of 397 photos", or without a total what is done. */
function formatProgress({ done, total, unit }: StepProgress): string {
  const inBytes = unit === "bytes";
  const [of, sum] = [done, total].map((n) => n && inBytes ? (n / 1e6).toFixed(1) : String(n));
  return `${of}${total ? ` of ${sum}` : ""} ${inBytes ? "MB" : unit}`;
}

export class PlainRenderer implements Renderer {
  readonly #lastShown = new Map<string, number>();
  readonly #pace = new Pace();
  #width = nameWidth([]);

  constructor(
    private readonly write: (line: string) => void = (line) => console.error(line),
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(event: PipelineEvent): void {
    switch (event.type) {
      case "run_started":
        this.#width = nameWidth(event.steps);
        return;
      case "step_started":
        this.#pace.start(event.step);
        this.#lastShown.set(event.step, this.now());
        return this.write(`> ${event.step.padEnd(this.#width)} ${printable(event.reason)}`);
      case "step_progress":
        return this.#showProgress(event);
      case "step_log":
        return logLines(event, this.#width).forEach(this.write);
      case "step_retried":
        return this.write(retriedLine(event, this.#width));
      case "step_finished":
        return this.write(finishedLine(event, this.#width));
      case "step_shared":
      case "step_not_shared":
        return sharedLines(event, this.#width).forEach(this.write);
    }
  }

  #showProgress(event: StepProgress): void {
    const { step, message = "" } = event;
    const now = this.now();
    const left = this.#pace.secondsLeft(event, now);
    if (now - (this.#lastShown.get(step) ?? now) < PLAIN_INTERVAL_MS) return;
    this.#lastShown.set(step, now);
    const time = left ? `, ${formatSeconds(left)} left` : "";
    this.write(
      `  ${step.padEnd(this.#width)} ${formatProgress(event)}${time} ${printable(message)}`
        .trimEnd(),
    );
  }

  close(): void {}
}
