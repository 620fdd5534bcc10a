/** A signal that aborts when time is up, and may be given more time. */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number) {
    this.#timer = this.#start(milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(milliseconds: number) {
    clearTimeout(this.#timer);
    this.#timer = this.#start(milliseconds);
  }

  [Symbol.dispose]() {
    clearTimeout(this.#timer);
  }

  #start(milliseconds: number) {
    return setTimeout(() => this.#controller.abort(), milliseconds);
  }
}
