import { BusyError } from "./refusals.ts";
import { RoundRobin } from "./round_robin.ts";

/** Who sent a photo. */
export interface Sender {
  /** Those of one address share a turn. */
  address: string;
  /** Given when nobody waits for the answer any more. */
  signal: AbortSignal;
}

export interface StageOptions<In, Out> {
  /** How many calls of `work` run at a time. */
  slots: number;
  /** How many of these one sender may have. */
  slotsOfSender?: number;
  /** Inputs that go together, at most. */
  together?: number;
  /** Whether it is worth `BATCH_PATIENCE_MS` to wait for others to go with those that are there. */
  expectsMore?: () => boolean;
  /** Milliseconds that an input may wait for its turn. */
  patience?: number;
  /** Answers inputs in their order. */
  work: (inputs: In[]) => Promise<Out[]>;
}

interface Job<In, Out> {
  input: In;
  signal: AbortSignal;
  /** Ends the waiting. */
  timer: ReturnType<typeof setTimeout>;
  isOver: boolean;
  resolve(output: Out): void;
  reject(error: unknown): void;
}

/** For others to go with those that are there. */
const BATCH_PATIENCE_MS = 3;
/** Behind photos that are stuck; whoever asks would not wait much longer either. */
const TURN_PATIENCE_MS = 20_000;

/** Work that waits for its turn: fair between senders, what waits goes together. */
export class Stage<In, Out> {
  readonly #waiting = new RoundRobin<Job<In, Out>>();
  readonly #running = new Map<string, number>();
  #free: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: StageOptions<In, Out>) {
    this.#free = options.slots;
  }

  /** Whether anything is on its way through. */
  get isBusy(): boolean {
    return this.#waiting.size > 0 || this.#free < this.options.slots;
  }

  /**
   * @throws {BusyError} where it had to make room, or waited too long; the signal's reason; what
   * `work` throws
   */
  run(input: In, { address, signal }: Sender): Promise<Out> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        job.isOver = true;
        reject(new BusyError("too many photos are being decoded: try again"));
      }, this.options.patience ?? TURN_PATIENCE_MS);
      const job: Job<In, Out> = { input, signal, timer, isOver: false, resolve, reject };
      this.#waiting.push(address, job);
      this.#begin();
    });
  }

  /** Sends the newest away that waits for this sender. */
  makeRoom(address: string, error: BusyError): boolean {
    const job = this.#waiting.takeNewest(address);
    if (!job) return false;
    clearTimeout(job.timer);
    job.reject(error);
    return true;
  }

  #begin(isLate = false): void {
    const { together = 1, expectsMore } = this.options;
    while (this.#free > 0 && this.#waiting.size > 0) {
      if (this.#waiting.size < together && !isLate && expectsMore?.()) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#begin(true);
        }, BATCH_PATIENCE_MS);
        return;
      }
      // Shared out among those that are free: half as many each take half as long.
      const batch = this.#take(Math.min(together, Math.ceil(this.#waiting.size / this.#free)));
      if (batch.length === 0) return;
      this.#run(batch);
    }
  }

  #take(most: number): { sender: string; item: Job<In, Out> }[] {
    const { slots, slotsOfSender = slots } = this.options;
    const batch: { sender: string; item: Job<In, Out> }[] = [];
    while (batch.length < most) {
      const next = this.#waiting.take((sender) => (this.#running.get(sender) ?? 0) < slotsOfSender);
      if (!next) break;
      const { isOver, timer, signal, reject } = next.item;
      clearTimeout(timer);
      if (signal.aborted) reject(signal.reason);
      else if (!isOver) batch.push(next);
    }
    return batch;
  }

  async #run(batch: { sender: string; item: Job<In, Out> }[]): Promise<void> {
    const senders = [...new Set(batch.map(({ sender }) => sender))];
    this.#free--;
    this.#count(senders, 1);
    try {
      const outputs = await this.options.work(batch.map(({ item }) => item.input));
      batch.forEach(({ item }, i) => item.resolve(outputs[i]));
    } catch (error) {
      for (const { item } of batch) item.reject(error);
    } finally {
      this.#free++;
      this.#count(senders, -1);
      this.#begin();
    }
  }

  #count(senders: string[], by: 1 | -1): void {
    for (const sender of senders) {
      const running = (this.#running.get(sender) ?? 0) + by;
      if (running > 0) this.#running.set(sender, running);
      else this.#running.delete(sender);
    }
  }
}
