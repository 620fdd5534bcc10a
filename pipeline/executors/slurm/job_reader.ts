/** Follows what a submission's jobs write, as it comes. */
import { decodeMessage, type Message } from "../../process/protocol.ts";
import type { Ticket } from "./ticket.ts";

export class JobReader {
  readonly #files = new Map<string, { offset: number; rest: string; decoder: TextDecoder }>();
  #job?: string;

  /** @param onLine of a step's log */
  constructor(
    private readonly ticket: Ticket,
    private readonly onMessage: (message: Message) => void,
    private readonly onLine: (line: string) => void,
  ) {}

  /** Tells of what is new. @returns whether the step has ended */
  read(): boolean {
    const { jobs, isOver } = this.ticket.look();
    // Of two that do the same, one is enough to watch.
    this.#job ??= jobs[0];
    const job = jobs.includes(this.#job!) ? this.#job : jobs[0];
    if (job !== undefined) {
      this.#lines(`${job}/messages.ndjson`, (line) => {
        const message = decodeMessage(line);
        if (message) this.onMessage(message);
      });
      this.#lines(`${job}/log.txt`, this.onLine);
    }
    return isOver;
  }

  #lines(path: string, use: (line: string) => void): void {
    const state = this.#files.get(path) ?? { offset: 0, rest: "", decoder: new TextDecoder() };
    this.#files.set(path, state);
    let bytes: Uint8Array;
    try {
      using file = Deno.openSync(path);
      const { size } = file.statSync();
      if (size <= state.offset) return;
      file.seekSync(state.offset, Deno.SeekMode.Start);
      bytes = new Uint8Array(size - state.offset);
      const read = file.readSync(bytes) ?? 0;
      bytes = bytes.subarray(0, read);
      state.offset += read;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    const lines = (state.rest + state.decoder.decode(bytes, { stream: true })).split("\n");
    state.rest = lines.pop()!;
    for (const line of lines) if (line) use(line);
  }
}
