/**
 * The step's side: runs inside the step's own process. Every step loads this file before it
 * starts, so it imports next to nothing.
 */
import type { Json } from "../digest.ts";
import { remedyFor } from "./disk_full.ts";
import {
  CHECKED,
  encodeMessage,
  type ItemCacheFolder,
  type Message,
  type Progress,
  type Request,
} from "./protocol.ts";

/** For `new ItemCache(…)`. */
export interface ItemCacheAccess extends ItemCacheFolder {
  /** Settled once this process is known to run the code that the cache is of. */
  checked: Promise<void>;
}

/** All that a step knows of the world. */
export interface StepContext<P> {
  /** Validated, with defaults filled in. */
  parameters: P;
  /** The artifact folder of each upstream step. */
  inputs: Record<string, string>;
  /** The folder to write to, empty at first. */
  output: string;
  /** For `new Checkpoints(…)`, where the step declares `checkpointsAcross`. */
  checkpoints?: string;
  /** For `new ItemCache(…)`, by the names that the step declares in `itemCache`. */
  itemCaches: Record<string, ItemCacheAccess>;
  /**
   * For `startHelper(…)`, by the names that the step declares in `helpers`; without those that
   * whatever runs the step cannot start.
   */
  helpers: Readonly<Record<string, string>>;
  /** Folders of earlier artifacts, where the step declares `earlier`, the newest first. */
  earlier: readonly string[];
  progress(progress: Progress): void;
  /**
   * Says what is worked on from now on (a photo, a file): it is named if the step is ended by its time
   * limit, or dies.
   */
  at(what: string): void;
  /** A line for the user; `console` only goes to the log file. */
  log(text: string): void;
  /** The result in few words, kept with the artifact. */
  result(value: Json | object): void;
  /** Aborted when the run is interrupted; the process ends soon after, willingly or not. */
  signal: AbortSignal;
}

/**
 * Runs a step's body against the orchestrator's request, then ends the process; or against one after
 * the other, if the step is declared `reusable`.
 *
 * @example
 * ```ts ignore
 * if (import.meta.main) {
 *   await runStep<{ name: string }>(async (step) => {
 *     await Deno.writeTextFile(`${step.output}/greeting.txt`, `Hello, ${step.parameters.name}`);
 *   });
 * }
 * ```
 */
export async function runStep<P>(body: (step: StepContext<P>) => Promise<void>): Promise<void> {
  keepStdoutForMessages();
  const orders = new Orders();
  const signal = interruption();
  for (;;) {
    const { request, checked } = await orders.next();
    await answer(body, request, checked, signal);
    // Stdin is still being read, and whatever else the body left behind shall not keep us here.
    if (!request.stays) Deno.exit(0);
  }
}

async function answer<P>(
  body: (step: StepContext<P>) => Promise<void>,
  { itemCaches = {}, helpers = {}, earlier = [], stays, ...request }: Request,
  checked: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  send({ type: "ready" });
  try {
    await body({
      parameters: request.parameters as P,
      inputs: request.inputs,
      output: request.output,
      checkpoints: request.checkpoints,
      helpers,
      earlier,
      itemCaches: Object.fromEntries(
        Object.entries(itemCaches).map(([name, cache]) => [name, { ...cache, checked }]),
      ),
      progress: (progress) => send({ type: "progress", progress }),
      at: (what) => send({ type: "at", what }),
      log: (text) => send({ type: "log", text }),
      result: (value) => send({ type: "result", value: value as Json }),
      signal,
    });
  } catch (error) {
    fail(error);
  }
  // What it printed is of this request as far as this line.
  if (stays) send({ type: "done" }, Deno.stderr);
  send({ type: "done" });
}

/** What comes on stdin. */
class Orders {
  readonly #buffer = new Uint8Array(2 ** 16);
  readonly #decoder = new TextDecoder();
  #request = Promise.withResolvers<Request>();
  #checked = Promise.withResolvers<void>();

  constructor() {
    if (Deno.stdin.isTerminal()) {
      console.error("This file is a step: its pipeline runs it.");
      Deno.exit(2);
    }
    // A closed stdin means that the orchestrator is gone: an orphan must not go on.
    this.#listen().catch(() => {}).then(() => Deno.exit(1));
  }

  async next(): Promise<{ request: Request; checked: Promise<void> }> {
    const request = await this.#request.promise;
    this.#request = Promise.withResolvers();
    return { request, checked: this.#checked.promise };
  }

  // Streams and events are modules of Deno's that would have to be loaded first.
  async #listen(): Promise<void> {
    let text = "";
    for (let length; (length = await Deno.stdin.read(this.#buffer)) !== null;) {
      text += this.#decoder.decode(this.#buffer.subarray(0, length), { stream: true });
      if (!text.includes("\n")) continue;
      const lines = text.split("\n");
      text = lines.pop()!;
      lines.forEach((line) => this.#obey(line));
    }
  }

  #obey(line: string): void {
    if (line === CHECKED) return this.#checked.resolve();
    this.#checked = Promise.withResolvers();
    this.#request.resolve(JSON.parse(line));
  }
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new Error("interrupted"));
  // Ctrl-C reaches the whole process group: the orchestrator decides what it means.
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", abort);
  Deno.addSignalListener("SIGINT", () => {});
  return controller.signal;
}

function send(message: Message, to = Deno.stdout): void {
  const bytes = new TextEncoder().encode(encodeMessage(message));
  for (let sent = 0; sent < bytes.length;) sent += to.writeSync(bytes.subarray(sent));
}

function fail(error: unknown): never {
  const stack = error instanceof Error ? error.stack : undefined;
  const message = describe(error) + remedyFor(error);
  send({ type: "failed", message, stack, cause: causeOf(error) });
  Deno.exit(1);
}

const NETWORK_ERRORS = [
  Deno.errors.ConnectionRefused,
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.TimedOut,
];

/**
 * Where it was not the step's own doing. What a step computed on besides its machine may be lost as
 * well: whoever throws says so by `lost: true`.
 */
function causeOf(error: unknown): "network" | "lost" | undefined {
  if (error instanceof Error && "lost" in error && error.lost === true) return "lost";
  return isOfNetwork(error) ? "network" : undefined;
}

/**
 * Whether the network is at the root of an error, so that another attempt may go better: as Deno says
 * it, or as whoever throws says by `transient: true`.
 */
function isOfNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("transient" in error) return error.transient === true;
  return NETWORK_ERRORS.some((kind) => error instanceof kind) ||
    (error instanceof TypeError && error.message.startsWith("error sending request")) ||
    isOfNetwork(error.cause);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `: ${describe(error.cause)}`;
  const message = error.message || error.name;
  if (!(error instanceof Deno.errors.NotCapable)) return message + cause;
  return message.replace(/, (run again|specify) .*/s, "") +
    ", which the step does not declare: add it to the step's externals, environment or permissions" +
    " (of an input, what is notInDigest is not to be read)";
}

function keepStdoutForMessages(): void {
  const { error } = console;
  for (const print of ["log", "info", "debug", "dir", "dirxml"] as const) console[print] = error;
}
