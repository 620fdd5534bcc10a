/** Draws a run's events on a terminal: a bar for each step that runs, what is over above them. */
import { MultiBar, type SingleBar } from "cli-progress";
import { type Bar, barLine } from "./bar_line.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { printable } from "../../pipeline/process/printable.ts";
import { Pace } from "./pace.ts";
import {
  finishedLine,
  formatSeconds,
  logLines,
  nameWidth,
  retriedLine,
  sharedLines,
  type StepProgress,
} from "./event_lines.ts";
import type { Renderer } from "./plain_renderer.ts";
import { wrapped } from "./wrapped.ts";

const CLEAR_REST = "\x1b[K";

/** A bar for each running step, finished steps and logs scrolling above. */
export class TerminalRenderer implements Renderer {
  readonly #bars = new Map<string, SingleBar>();
  readonly #pace = new Pace();
  #width = nameWidth([]);
  readonly #multi: MultiBar;
  readonly #columns: () => number;

  /** @param stream a terminal; stderr when left out */
  constructor(stream?: NodeJS.WritableStream & { columns?: number }) {
    // Asked each time: a window may be resized.
    this.#columns = () => stream?.columns ?? columnsOfStderr();
    this.#multi = new MultiBar({
      format: (_: unknown, { progress }: { progress: number }, said: Omit<Bar, "share">) =>
        barLine({ ...said, share: progress }, this.#width, this.#columns()),
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      fps: 8,
      stream,
    });
  }

  show(event: PipelineEvent): void {
    switch (event.type) {
      case "run_started":
        this.#width = nameWidth(event.steps);
        return;
      case "step_started": {
        this.#pace.start(event.step);
        const payload = { step: event.step, message: printable(event.reason) };
        this.#bars.set(event.step, this.#multi.create(1, 0, payload));
        return;
      }
      case "step_progress":
        return this.#showProgress(event);
      case "step_log":
        return logLines(event, this.#width).forEach((line) => this.#line(line));
      case "step_retried":
        return this.#line(retriedLine(event, this.#width));
      case "step_finished": {
        const bar = this.#bars.get(event.step);
        if (bar) this.#multi.remove(bar);
        return this.#line(finishedLine(event, this.#width));
      }
      case "step_shared":
      case "step_not_shared":
        return sharedLines(event, this.#width).forEach((line) => this.#line(line));
    }
  }

  #showProgress(event: StepProgress): void {
    const { step, done, total, message } = event;
    const bar = this.#bars.get(step);
    if (!bar) return;
    const left = this.#pace.secondsLeft(event, performance.now());
    if (total) bar.setTotal(total);
    bar.update(total ? done : 0, {
      left: left === undefined ? "" : `${formatSeconds(left)} left`,
      message: printable(message ?? ""),
    });
  }

  /** Bars keep terminals from wrapping, so lines above them are wrapped here. */
  #line(text: string): void {
    const lines = wrapped(text, this.#columns(), this.#width + 3);
    // Bars stood where these lines will: what is left of a bar behind a shorter line is cleared.
    this.#multi.log(lines.map((line) => `${line}${CLEAR_REST}\n`).join(""));
    this.#multi.update();
  }

  close(): void {
    this.#multi.stop();
  }
}

function columnsOfStderr(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80; // it is no terminal
  }
}
