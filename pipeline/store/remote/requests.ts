/** Requests that outlive what networks and busy servers do: tried again, and never waited for in vain. */
import { StoreError } from "../../errors.ts";

/** A store on other machines does not do what it is asked; the message says which, why, and the remedy. */
export class RemoteError extends StoreError {
  override name = "RemoteError";
}

export interface Patience {
  /** How often something is tried. */
  attempts: number;
  /** Milliseconds before the second attempt; each wait is twice the last one. */
  wait: number;
  /** Milliseconds in which something must be heard. */
  silence: number;
}

const PATIENCE: Patience = { attempts: 5, wait: 500, silence: 30_000 };
/** Bytes of a body that are had at a time. */
const PIECE = 1 << 18;
const LONGEST_WAIT_MS = 20_000;
/** Slower lines than this (bytes in a millisecond) are taken for none. */
const SLOWEST = 20;

export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  /** Redirects are followed unless the request is signed, for one server. */
  redirect?: RequestRedirect;
}

/** An answer, of which the body comes in pieces, none later than patience allows. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Each is overwritten by the next. */
  pieces(): AsyncGenerator<Uint8Array>;
  /** The rest is not wanted. */
  leave(): Promise<void>;
}

/** The transfer broke off: another attempt may do better. */
export class BrokenOff extends Error {}

export class Requests {
  /** @param name of the store, for messages */
  constructor(
    readonly name: string,
    private readonly patience: Patience = PATIENCE,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * @param make is asked anew for each attempt: a signature does not hold for long
   * @throws {RemoteError} when there is no answer, or none but that the server is busy
   */
  async send(make: () => Promise<[url: URL, sending: Sending]>): Promise<Answer> {
    return await this.persist(async () => {
      const [url, sending] = await make();
      const answer = await this.#ask(url, sending);
      const { status, headers } = answer;
      if (!isPassing(status)) return answer;
      await answer.leave();
      const asked = Number(headers.get("retry-after"));
      throw new Busy(`it answers ${status}`, asked > 0 ? 1000 * asked : undefined);
    });
  }

  /**
   * Tries what breaks off again.
   *
   * @param hasMoved whether the last attempt came further, which gives hope anew
   */
  async persist<T>(attempt: () => Promise<T>, hasMoved = () => false): Promise<T> {
    const { attempts, wait } = this.patience;
    for (let number = 1;; number++) {
      try {
        return await attempt();
      } catch (error) {
        this.signal?.throwIfAborted();
        if (!(error instanceof BrokenOff)) throw error;
        if (hasMoved()) number = 1;
        if (number >= attempts) {
          throw new RemoteError(
            `${this.name} cannot be used: ${error.message}, ${attempts} times in a row: check the ` +
              "network and the address, or try again later",
          );
        }
        const asked = error instanceof Busy ? error.wait : undefined;
        // Those who failed together must not come back together.
        const usual = wait * 2 ** (number - 1) * (0.5 + Math.random());
        await sleep(Math.min(asked ?? usual, LONGEST_WAIT_MS), this.signal);
      }
    }
  }

  async #ask(url: URL, sending: Sending): Promise<Answer> {
    const watch = new Watch(this.patience.silence, this.signal);
    const inTime = <T>(what: () => Promise<T>) => this.#inTime(watch, what);
    watch.wait((sending.body?.length ?? 0) / SLOWEST);
    const response = await inTime(() => fetch(url, { ...sending, signal: watch.signal }));
    const reader = response.body?.getReader({ mode: "byob" });
    const leave = async () => {
      watch.end();
      await reader?.cancel().catch(() => {});
    };
    if (!reader) watch.end();
    async function* pieces() {
      // One buffer for all: what each piece left would be collected later than the next ones come.
      let buffer = new ArrayBuffer(PIECE);
      try {
        while (reader) {
          watch.wait();
          const { done, value } = await inTime(() => reader.read(new Uint8Array(buffer)));
          if (done || !value) break;
          yield value;
          buffer = value.buffer;
        }
      } finally {
        await leave();
      }
    }
    const { status, headers } = response;
    return { status, headers, pieces, leave };
  }

  /** Puts what went wrong in words in which the address, which may hold a password, is not. */
  async #inTime<T>(watch: Watch, what: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([what(), watch.over]);
    } catch (error) {
      watch.end();
      this.signal?.throwIfAborted();
      if (watch.isOver) {
        throw new BrokenOff(`nothing was heard of it for ${this.patience.silence / 1000} s`);
      }
      throw new BrokenOff(problemIn(error));
    }
  }
}

/** What may be otherwise in a while. */
const isPassing = (status: number) =>
  status === 408 || status === 429 || (status >= 500 && status !== 501);

class Busy extends BrokenOff {
  constructor(message: string, readonly wait?: number) {
    super(message);
  }
}

/** Ends a request of which nothing is heard. */
class Watch {
  readonly #controller = new AbortController();
  readonly #ended = new AbortController();
  readonly signal: AbortSignal;
  /** Never resolves. Not all that waits hears of the signal. */
  readonly over: Promise<never>;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly silence: number, signal?: AbortSignal) {
    this.signal = AbortSignal.any([this.#controller.signal, ...signal ? [signal] : []]);
    const { promise, reject } = Promise.withResolvers<never>();
    this.over = promise;
    this.over.catch(() => {});
    const onAbort = () => reject(new Error("over"));
    this.#controller.signal.addEventListener("abort", onAbort, { once: true });
    signal?.addEventListener("abort", onAbort, { once: true, signal: this.#ended.signal });
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  /** @param more milliseconds */
  wait(more = 0): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.silence + more);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }
}

const PROBLEMS: [RegExp, string][] = [
  [
    /certificate|UnknownIssuer|tls/i,
    "its certificate is not trusted (DENO_CERT names another one)",
  ],
  [/dns|resolve|lookup/i, "its name is not known to the network"],
  [/refused/i, "it refuses the connection"],
  [/unreachable|no route/i, "no way leads to it"],
  [/before message|end of file|reset|closed|broken|incomplete/i, "the connection broke off"],
];

function problemIn(error: unknown): string {
  const all: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) all.push(at.message);
  const text = all.join(" ");
  return PROBLEMS.find(([pattern]) => pattern.test(text))?.[1] ?? "the connection failed";
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => resolve();
  signal?.addEventListener("abort", end, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  signal?.throwIfAborted();
}

/** The whole of a small answer. */
export async function textOf(answer: Answer, most: number): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of answer.pieces()) {
    size += piece.length;
    if (size > most) throw new RemoteError(`an answer of more than ${most} bytes is refused`);
    pieces.push(piece.slice());
  }
  return await new Blob(pieces).text();
}
