/** Questions to whoever sits at the terminal; where nobody does, none is asked. */

/** Who can be asked. */
export interface Terminal {
  /** @returns what was typed, without spaces around; undefined where there is no more to come */
  ask(question: string): Promise<string | undefined>;
}

/** Where answers come from: a terminal gives them line by line. */
interface Input {
  read(into: Uint8Array): Promise<number | null>;
}

/** Undefined where stdin or stdout is no terminal, or stdout is for JSON. */
export function terminalFor({ json, signal }: { json: boolean; signal: AbortSignal }) {
  if (json || !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  const write = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
  return new LineTerminal(Deno.stdin, write, signal);
}

/**
 * Reads whole lines, which the system lets people edit, and which Ctrl-C ends as it ends all else:
 * a prompt that takes every key for itself loses what was typed before it was there.
 */
export class LineTerminal implements Terminal {
  readonly #decoder = new TextDecoder();
  #ahead = "";

  constructor(
    private readonly input: Input,
    private readonly write: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws the signal's reason when it is aborted meanwhile */
  async ask(question: string): Promise<string | undefined> {
    this.signal.throwIfAborted();
    this.write(`${question} `);
    const line = await this.#line();
    return line?.trim();
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#ahead.indexOf("\n");
      if (end >= 0) {
        const line = this.#ahead.slice(0, end);
        this.#ahead = this.#ahead.slice(end + 1);
        return line;
      }
      const bytes = new Uint8Array(4096);
      const count = await this.#unlessAborted(this.input.read(bytes));
      if (count === null) {
        const rest = this.#ahead;
        this.#ahead = "";
        return rest === "" ? undefined : rest;
      }
      this.#ahead += this.#decoder.decode(bytes.subarray(0, count), { stream: true });
    }
  }

  /** What is being read is let go of: it ends with the process. */
  async #unlessAborted<T>(reading: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = () => reject(this.signal.reason);
    this.signal.addEventListener("abort", abort);
    try {
      return await Promise.race([reading, promise]);
    } finally {
      this.signal.removeEventListener("abort", abort);
    }
  }
}
