/** Questions to whoever sits at the terminal; where nobody does, none is asked. */

/** Who can be asked. */
export interface Terminal {
  /**
   * @param ahead whether a line that was typed before the question stood there answers it: a path may
   *   be, but nobody agrees to what was not yet there to be read
   * @returns what was typed, without spaces around; undefined where there is no more to come
   */
  ask(question: string, ahead?: "ahead"): Promise<string | undefined>;
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
  #decoder = new TextDecoder();
  #ahead = "";
  #reading?: Promise<Uint8Array | null>;

  /** @param pause in which what was typed already is read, since the system does not say what there is */
  constructor(
    private readonly input: Input,
    private readonly write: (text: string) => void,
    private readonly signal: AbortSignal,
    private readonly pause = () => new Promise<void>((done) => setTimeout(done, 100)),
  ) {}

  /** @throws the signal's reason when it is aborted meanwhile */
  async ask(question: string, ahead?: "ahead"): Promise<string | undefined> {
    this.signal.throwIfAborted();
    if (!ahead) await this.#forget();
    this.write(`${question} `);
    const line = await this.#line();
    return line?.trim();
  }

  /** Lets go of all lines that were typed until now. */
  async #forget(): Promise<void> {
    this.#ahead = "";
    this.#decoder = new TextDecoder();
    while (await this.#unlessAborted(Promise.race([this.#read(), this.pause()]))) {
      this.#reading = undefined;
    }
  }

  /** What is read next, until it is taken. */
  #read(): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(4096);
    return this.#reading ??= this.input.read(bytes)
      .then((count) => count === null ? null : bytes.subarray(0, count));
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#ahead.indexOf("\n");
      if (end >= 0) {
        const line = this.#ahead.slice(0, end);
        this.#ahead = this.#ahead.slice(end + 1);
        return line;
      }
      const bytes = await this.#unlessAborted(this.#read());
      this.#reading = undefined;
      if (bytes === null) {
        const rest = this.#ahead;
        this.#ahead = "";
        return rest === "" ? undefined : rest;
      }
      this.#ahead += this.#decoder.decode(bytes, { stream: true });
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
