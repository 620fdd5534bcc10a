import type { RunState } from "./run_state.ts";

const WORDS: Record<RunState, string> = {
  running: "going on",
  done: "done",
  failed: "failed",
  interrupted: "interrupted",
  killed: "killed",
};

/** As a table's cell says it. */
export const stateInWords = (state: RunState): string => WORDS[state];
