/** Chooses the penalty beside the worker that looks: it takes seconds of many photos. */
import { type Lesson, settle, type Settled } from "./settle.ts";

/** Of a lesson: what came of it, or why nothing did. */
export type SettleReply = { settled: Settled } | { trouble: string };

const scope = globalThis as unknown as {
  postMessage(reply: SettleReply): void;
  onmessage: (event: MessageEvent<Lesson>) => void;
};

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage({ settled: settle(data) });
  } catch (error) {
    scope.postMessage({ trouble: (error as Error).message });
  }
};
