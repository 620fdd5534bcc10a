/** Which failures of a step are worth another attempt, and when that begins. */
import type { StepDeclaration } from "../declaration.ts";
import type { Json } from "../digest.ts";
import type { FailedAttempt, StepFailure } from "../events.ts";
import { StepError } from "../run_context.ts";

/** Of a step that says nothing, after what was not its fault. */
const BY_DEFAULT = 2;
/** Each wait is so many times the last one, up to the longest. */
const BACKOFF = 4;
const LONGEST_WAIT_S = 60;

export interface Retries {
  /** How many attempts may follow the first. */
  most: number;
  /** After which failures. */
  after: "any failure" | "failures of the network";
}

/** What holds for a step; undefined where nothing is tried again. */
export function retriesOf(step: StepDeclaration, parameters: Json): Retries | undefined {
  if (step.retries !== undefined) {
    return step.retries > 0 ? { most: step.retries, after: "any failure" } : undefined;
  }
  return usesNetwork(step, parameters)
    ? { most: BY_DEFAULT, after: "failures of the network" }
    : undefined;
}

/** Whether the step may. */
export function usesNetwork(step: StepDeclaration, parameters: Json): boolean {
  const { net = [] } = step.permissions?.(parameters) ?? {};
  return net === true || net.length > 0;
}

interface Circumstances {
  retries: Retries | undefined;
  /** Seconds before the second attempt. */
  wait: number;
  /** Ends the waiting. */
  signal: AbortSignal;
  onRetry: (failed: FailedAttempt) => void;
}

/**
 * @param attempt is told its number, from 1 on
 * @throws whatever the last attempt threw
 */
export async function tryAgain<T>(
  attempt: (number: number) => Promise<T>,
  { retries, wait, signal, onRetry }: Circumstances,
): Promise<T> {
  for (let number = 1;; number++) {
    const started = performance.now();
    try {
      return await attempt(number);
    } catch (error) {
      // What the orchestrator itself found wrong would be so again.
      if (!(error instanceof StepError) || signal.aborted) throw error;
      const most = mostAfter(error.failure, retries);
      if (number > most) throw error;
      const seconds = Math.min(wait * BACKOFF ** (number - 1), LONGEST_WAIT_S);
      onRetry({
        number,
        most: most + 1,
        message: error.failure.message,
        seconds: (performance.now() - started) / 1000,
        wait: seconds,
      });
      await sleep(seconds, signal);
    }
  }
}

function mostAfter({ cause }: StepFailure, retries: Retries | undefined): number {
  if (cause === "lost") return Math.max(retries?.most ?? 0, BY_DEFAULT);
  const isCovered = retries?.after === "any failure" || cause === "network";
  return isCovered ? retries?.most ?? 0 : 0;
}

async function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 1000 * seconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  signal.throwIfAborted();
}
