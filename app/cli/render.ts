/** Draws a run's events for people, on stderr: bars on a terminal, plain lines elsewhere. */
import { MultiBar, type SingleBar } from "cli-progress";
import { Pace } from "./pace.ts";
import { shortened, wrapped } from "./wrapped.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { printable, printableLines } from "../../pipeline/process/printable.ts";

export interface Renderer {
  show(event: PipelineEvent): void;
  close(): void;
}

type StepProgress = Extract<PipelineEvent, { type: "step_progress" }>;
type SharedEvent = Extract<PipelineEvent, { type: "step_shared" | "step_not_shared" }>;
type StepFinished = Extract<PipelineEvent, { type: "step_finished" }>;

/** Room for steps' names, of which a sweep's are long. */
export function nameWidth(steps: readonly string[]): number {
  return Math.min(48, Math.max(16, ...steps.map((name) => name.length)));
}

/** Room for the time left, so that what steps say stands in columns. */
const LEFT_WIDTH = 17;
/** Columns of a bar itself. */
const BAR_WIDTH = 16;
/** Plain output says how far a long step is at most this often. */
const PLAIN_INTERVAL_MS = 15_000;

const MARKS: Record<StepFinished["status"], string> = {
  ran: "✓",
  cached: "=",
  failed: "✗",
  skipped: "-",
};

/** One line for a finished step: mark, name, what happened and why. */
export function finishedLine(
  { step, status, seconds, reason }: StepFinished,
  width: number,
): string {
  const time = status === "ran" || status === "failed" ? ` in ${formatSeconds(seconds)}` : "";
  const why = reason && status !== "failed" ? ` (${printable(reason)})` : "";
  return `${MARKS[status]} ${step.padEnd(width)} ${status}${time}${why}`;
}

/** One line for an attempt that failed: why, and when the next one begins. */
function retriedLine(
  { step, number, most, message, wait }: Extract<PipelineEvent, { type: "step_retried" }>,
  width: number,
): string {
  const next = `attempt ${number + 1} of ${most} begins in ${formatSeconds(wait)}`;
  return `! ${step.padEnd(width)} ${printable(message)}: ${next}`;
}

/** One line for what was sent to others, or could not be; none where there was nothing to send. */
function sharedLines(event: SharedEvent, width: number): string[] {
  const { step, to } = event;
  if (event.type === "step_not_shared") {
    return [`! ${step.padEnd(width)} not shared with ${to}: ${printable(event.reason)}`];
  }
  const size = (event.bytes / 1e6).toFixed(1);
  return event.files > 0 ? [`↑ ${step.padEnd(width)} shared with ${to} (${size} MB)`] : [];
}

/** Every line of a log under its step's name. */
function logLines({ step, text }: { step: string; text: string }, width: number): string[] {
  return printableLines(text).split("\n").map((line) => `  ${step.padEnd(width)} ${line}`);
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

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
      format: `{step} {bar} {percentage}% {left} {message}`,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: BAR_WIDTH,
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
        const payload = {
          step: event.step.padEnd(this.#width),
          left: "",
          message: this.#fitting(event.reason, 0),
        };
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
      left: (left === undefined ? "" : `${formatSeconds(left)} left`).padEnd(LEFT_WIDTH),
      message: this.#fitting(message ?? "", LEFT_WIDTH),
    });
  }

  /** What of a message there is room for behind a bar. */
  #fitting(message: string, leftWidth: number): string {
    const taken = this.#width + 1 + BAR_WIDTH + 1 + "100%".length + 1 + leftWidth + 1;
    return shortened(printable(message), this.#columns() - 1 - taken);
  }

  /** Bars keep terminals from wrapping, so lines above them are wrapped here. */
  #line(text: string): void {
    const lines = wrapped(text, this.#columns(), this.#width + 3);
    this.#multi.log(lines.map((line) => `${line}\n`).join(""));
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

/** Bars where a terminal can draw them. */
export const newRenderer = (): Renderer =>
  Deno.stderr.isTerminal() ? new TerminalRenderer() : new PlainRenderer();
