/** A job that is followed, and what is known of it. */
import type { StepFailure } from "../../events.ts";
import type { Message } from "../../process/protocol.ts";
import { JobReader } from "./job_reader.ts";
import type { QueuedJob } from "./slurm.ts";
import type { JobName, Ticket, WrittenOutcome } from "./ticket.ts";

/** How a job's life ended. */
export type Ending =
  | { kind: "outcome"; written: WrittenOutcome }
  /** Not by the step: another attempt may go better. */
  | { kind: "lost"; message: string }
  | { kind: "failed"; message: string; cause?: StepFailure["cause"] };

export interface Asked {
  ticket: Ticket;
  requests: readonly string[];
  onMessage: (message: Message) => void;
  onLine: (line: string) => void;
  /** What is to be known of its job. */
  onNote: (text: string) => void;
}

export class WatchedJob {
  readonly ended = Promise.withResolvers<Ending>();
  readonly reader: JobReader;
  /** Under which it is, or may be, in the queue. */
  name?: JobName;
  /** Slurm's number for it, once that is known. */
  id?: string;
  /** It is not known whether Slurm took it. */
  isUnclear = false;
  row?: QueuedJob;
  /** Since when it should be somewhere and is not: in the queue, or as a file. */
  missingSince?: number;
  told = new Set<string>();

  constructor(readonly asked: Asked) {
    this.reader = new JobReader(asked.ticket, asked.onMessage, asked.onLine);
  }

  get hasBegun(): boolean {
    return this.row !== undefined && this.row.state !== "PENDING";
  }

  tell(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.asked.onNote(text);
  }
}
