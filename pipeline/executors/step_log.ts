/** A step's log file, and its last lines for whoever reports a failure. */
import { printableLines } from "../process/printable.ts";

const TAIL_LINES = 20;

export class StepLog implements Disposable {
  readonly tail: string[] = [];
  readonly #file: Deno.FsFile;

  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { append: true, create: true });
  }

  /** Nothing in the text can steer a terminal in which the log is read. */
  write(text: string): void {
    const lines = printableLines(text).replace(/\n+$/, "");
    this.tail.push(...lines.split("\n"));
    this.tail.splice(0, this.tail.length - TAIL_LINES);
    try {
      this.#file.writeSync(new TextEncoder().encode(`${lines}\n`));
    } catch { /* A full disk must not hide the step's own error behind ours. */ }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
