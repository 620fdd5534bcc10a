import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** A process that times work when asked. */
export class Timer {
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

  async time(kind: string, count: number): Promise<number[]> {
    await this.#input.write(new TextEncoder().encode(`${kind} ${count}\n`));
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`${this.program} ended before it answered; its message is above`);
      if (value.startsWith("[")) return JSON.parse(value);
    }
  }

  close(): void {
    this.#process.kill("SIGTERM");
  }
}
