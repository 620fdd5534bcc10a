/** Where steps run: in processes of this machine, or in a cluster's queue. */
import type { Resources } from "./declaration.ts";
import type { Json } from "./digest.ts";
import type { StepFailure } from "./events.ts";
import type { Message, Request } from "./process/protocol.ts";

/** What a step needs of the place where it runs. */
export interface Needs {
  resources: Resources;
  /** Seconds, after which the step is ended, and has failed for the cause "late". */
  timeLimit?: number;
  /** It uses the network, or is told secrets: it runs on the orchestrator's own machine. */
  here: boolean;
}

export interface Work extends Needs {
  /** The step's: what has the same gives the same result, in this run or another. */
  key: string;
  /** Nothing of an earlier run's attempt is to be taken up. */
  afresh: boolean;
  /** The step's code as it was when its key was made: absolute paths, the beginnings of digests. */
  code: Readonly<Record<string, string | null>>;
  /** Environment variables that the step may read. */
  environment: readonly string[];
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
  /** What has not begun need not begin: `execute` may reject with the reason. */
  giveUp?: AbortSignal;
}

export type Outcome =
  | {
    status: "done";
    result?: Json;
    /** Digest of the tree of what was written, if another machine wrote it: it must arrive so. */
    content?: string;
    /** How long it took there, without the time in a queue. */
    seconds?: number;
  }
  | { status: "failed"; error: StepFailure };

export interface Executor {
  /** What there is for steps that run at a time; what this machine has when left out. */
  readonly capacity?: Resources;
  /** What it would ask for, in a line. */
  describe?(needs: Needs): string;
  /** Runs a step to its end, whichever; rejects only when it could not even be started. */
  execute(work: Work, hooks: Hooks): Promise<Outcome>;
}
