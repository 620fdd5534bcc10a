/** Has the penalty chosen, in a worker of its own. */
import type { LiveClassifier } from "../live_classifier.ts";
import type { SettleReply } from "../settle_worker.ts";

export class Settler {
  #running: { worker: Worker; done: Promise<void> } | undefined;
  /** The version whose penalty could not be chosen. */
  #hopeless = -1;

  /** @param onEnd hears that it is done, or given up */
  constructor(
    private readonly live: LiveClassifier,
    private readonly onEnd: () => void,
  ) {}

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether there is nothing to be done, or it cannot be. */
  get isIdle(): boolean {
    return !this.isRunning && this.live.version === this.#hopeless;
  }

  /** @returns when it is done, or given up */
  settle(): Promise<void> {
    if (this.#running) return this.#running.done;
    const lesson = this.live.lesson();
    const { version } = this.live;
    if (!lesson) {
      this.#hopeless = version;
      return Promise.resolve();
    }
    const worker = new Worker(new URL("./settle.js", import.meta.url), { type: "module" });
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const end = (reply: SettleReply) => {
      worker.terminate();
      if (this.#running?.worker !== worker) return;
      this.#running = undefined;
      if ("settled" in reply) this.live.settle(reply.settled, version);
      else this.#hopeless = version;
      resolve();
      this.onEnd();
    };
    worker.onmessage = ({ data }: MessageEvent<SettleReply>) => end(data);
    worker.onerror = ({ message }) => end({ trouble: message });
    worker.postMessage(lesson, [lesson.features.buffer]);
    this.#running = { worker, done };
    return done;
  }

  /** What it would choose would be for other photos. */
  stop(): void {
    this.#running?.worker.terminate();
    this.#running = undefined;
  }
}
