/**
 * How the orchestrator and a step's process speak: one JSON request on the step's first line of
 * stdin (each on a line, where several are to come), which then stays open for as long as the orchestrator lives; {@linkcode CHECKED} as its
 * next, once it is sure that the process has loaded the code of the step's key; one JSON message a
 * line on the step's stdout.
 */
import type { Json } from "../digest.ts";

export interface Request {
  step: string;
  parameters: Json;
  /** Artifact folders by upstream step. */
  inputs: Record<string, string>;
  /** An empty folder to write to. */
  output: string;
  /** Others follow: the process stays, and says "done" on stderr, too. */
  stays?: boolean;
  /** Where earlier attempts left their state, and this one may leave its own. */
  checkpoints?: string;
  /** By the step's own names for them. */
  itemCaches?: Record<string, ItemCacheFolder>;
  /** Sockets at which its helpers are started, by the step's own names for them. */
  helpers?: Record<string, string>;
  /** Folders of earlier artifacts of its kind, the newest first. */
  earlier?: string[];
}

export interface ItemCacheFolder {
  /** Of what the code of today gives; other processes may use it at the same time. */
  folder: string;
  /** Takes nothing from it: the step was forced. */
  afresh: boolean;
}

export const CHECKED = "checked";

export interface Progress {
  done: number;
  /** Unknown for, say, a download without a length. */
  total?: number;
  /** What is counted: bytes, photos, batches. */
  unit: string;
  message?: string;
  /** Figures of the moment, such as a loss. */
  [metric: string]: Json | undefined;
}

export type Message =
  /** The step's code is loaded, its body begins. */
  | { type: "ready" }
  | { type: "progress"; progress: Progress }
  /** What is worked on now, in case that it never ends; empty: nothing that could be named. */
  | { type: "at"; what: string }
  | { type: "log"; text: string }
  | { type: "result"; value: Json }
  | { type: "failed"; message: string; stack?: string; cause?: "network" | "lost" }
  | { type: "done" };

// A line of its own even after stray text without a line end.
export const encodeMessage = (message: Message): string => `\n${JSON.stringify(message)}\n`;

/** Undefined for a line that is no message: something printed past the protocol. */
export function decodeMessage(line: string): Message | undefined {
  if (!line.startsWith(`{"type":"`)) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
