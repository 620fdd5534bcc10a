/** Draws a run's events for people, on stderr: in plain lines, or where a terminal is by `terminal_renderer.ts`. */
import { Pace } from "./pace.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { printable, printableLines } from "../../pipeline/process/printable.ts";

export interface Renderer {
  show(event: PipelineEvent): void;
  close(): void;
}

export type StepProgress = Extract<PipelineEvent, { type: "step_progress" }>;
type SharedEvent = Extract<PipelineEvent, { type: "step_shared" | "step_not_shared" }>;
type StepFinished = Extract<PipelineEvent, { type: "step_finished" }>;

/** Room for steps' names, of which a sweep's are long. */
export function nameWidth(steps: readonly string[]): number {
  return Math.min(48, Math.max(16, ...steps.map((name) => name.length)));
}

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
export function retriedLine(
  { step, number, most, message, wait }: Extract<PipelineEvent, { type: "step_retried" }>,
  width: number,
): string {
  const next = `attempt ${number + 1} of ${most} begins in ${formatSeconds(wait)}`;
  return `! ${step.padEnd(width)} ${printable(message)}: ${next}`;
}

/** One line for what was sent to others, or could not be; none where there was nothing to send. */
export function sharedLines(event: SharedEvent, width: number): string[] {
  const { step, to } = event;
  if (event.type === "step_not_shared") {
    return [`! ${step.padEnd(width)} not shared with ${to}: ${printable(event.reason)}`];
  }
  const size = (event.bytes / 1e6).toFixed(1);
  return event.files > 0 ? [`↑ ${step.padEnd(width)} shared with ${to} (${size} MB)`] : [];
}

/** Every line of a log under its step's name. */
export function logLines({ step, text }: { step: string; text: string }, width: number): string[] {
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

/** Bars where a terminal can draw them; what draws them is loaded only there. */
export async function newRenderer(): Promise<Renderer> {
  if (!Deno.stderr.isTerminal()) return new PlainRenderer();
  const { TerminalRenderer } = await import("./terminal_renderer.ts");
  return new TerminalRenderer();
}
