/** What a run's events say, in lines for people. */
import type { PipelineEvent } from "../../pipeline/events.ts";
import { printable, printableLines } from "../../pipeline/process/printable.ts";

export type StepProgress = Extract<PipelineEvent, { type: "step_progress" }>;
type SharedEvent = Extract<PipelineEvent, { type: "step_shared" | "step_not_shared" }>;
type StepFinished = Extract<PipelineEvent, { type: "step_finished" }>;

/** Room for steps' names, of which a sweep's are long. */
export function nameWidth(steps: readonly string[]): number {
  return Math.min(48, Math.max(16, ...steps.map((name) => name.length)));
}

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
