/** A step's log file, and its last lines for whoever reports a failure. */

const TAIL_LINES = 20;

export class StepLog implements Disposable {
  readonly tail: string[] = [];
  readonly #file: Deno.FsFile;

  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { append: true, create: true });
  }

  write(line: string): void {
    this.tail.push(line);
    if (this.tail.length > TAIL_LINES) this.tail.shift();
    try {
      this.#file.writeSync(new TextEncoder().encode(`${line}\n`));
    } catch { /* A full disk must not hide the step's own error behind ours. */ }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
