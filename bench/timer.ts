import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { sendSignal } from "./send_signal.ts";

/**
 * A process that times work when asked, and is stopped in between: threads that poll for work, as
 * PyTorch's, ONNX Runtime's and ours do for a while, would take the processors of the other side.
 */
export class Timer implements Disposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #answers: AsyncIterator<string>;

  constructor(private readonly program: string, args: string[]) {
    const command = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" });
    this.#process = command.spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#answers = createInterface({ input: Readable.fromWeb(this.#process.stdout) })
      [Symbol.asyncIterator]();
  }

  /** Does a kind of work so many times; milliseconds of each, or none where it cannot be done. */
  time(kind: string, count: number): Promise<number[]> {
    return this.ask(`${kind} ${count}`);
  }

  /** What the process answers to a line: a JSON list. */
  async ask<T extends unknown[]>(line: string): Promise<T> {
    this.#signal("SIGCONT");
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`${this.program} ended before it answered; its message is above`);
      if (!value.startsWith("[")) continue;
      this.#signal("SIGSTOP");
      return JSON.parse(value);
    }
  }

  [Symbol.dispose](): void {
    this.#signal("SIGCONT"); // a stopped process would end when it goes on
    this.#signal("SIGTERM");
  }

  #signal(signal: Deno.Signal): void {
    // Windows can stop no process.
    if (Deno.build.os === "windows" && signal !== "SIGTERM") return;
    sendSignal(this.#process, signal);
  }
}
