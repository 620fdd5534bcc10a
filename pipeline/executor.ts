/** Where steps run: here in processes of this machine, one day in a cluster's queue. */
import type { Json } from "./digest.ts";
import type { StepFailure } from "./events.ts";
import type { Message, Request } from "./process/protocol.ts";

export interface Work {
  /** The step's entry file. */
  module: URL;
  /**
   * Permissions and engine flags, as arguments of `deno run`, for a request whose folders may lie
   * elsewhere than those of `request`.
   *
   * @param inputs a folder in which they are, and nothing else
   */
  argumentsFor(request: Request, inputs?: string): string[];
  request: Request;
  /**
   * Of a step whose process may run another one afterwards: what that one's must be equal to, beside
   * the module and the arguments.
   */
  reusable?: string;
  /** Programs that the step may have started, without permissions: `request.helpers` says where. */
  helpers?: Readonly<Record<string, URL>>;
  /** Seconds, after which the step is ended, and has failed for the cause "late". */
  timeLimit?: number;
  logFile: string;
  /** What every line that the step prints, a message or not, becomes before anyone else has it. */
  conceal: (line: string) => string;
}

export interface Hooks {
  /**
   * The step's code is loaded. Throwing ends the step with that error; once it resolves, the step is
   * told that its code is the right one (`CHECKED`), and may put results of single items by.
   */
  onReady: () => Promise<void>;
  onMessage: (message: Message) => void;
  /** Ends the step. */
  signal?: AbortSignal;
}

export type Outcome =
  | { status: "done"; result?: Json }
  | { status: "failed"; error: StepFailure };

export interface Executor {
  /** Runs a step to its end, whichever; rejects only when it could not even be started. */
  execute(work: Work, hooks: Hooks): Promise<Outcome>;
}
