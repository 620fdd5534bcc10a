/** Lets so many steps run at a time as the machine has room for. */
import type { Resources } from "../declaration.ts";

type Room = Required<Pick<Resources, "cpu" | "gpu">>;

interface Waiting {
  wants: Room;
  start: (release: Disposable) => void;
}

export class ResourcePool {
  #jobs: number;
  #cpu: number;
  #gpu: number;
  readonly #queue = new Set<Waiting>();

  constructor(jobs: number, private readonly total: Room) {
    this.#jobs = jobs;
    this.#cpu = total.cpu;
    this.#gpu = total.gpu;
  }

  /** Waits for room; who came first and fits goes first. A step too large for the machine gets all of it. */
  acquire({ cpu = 1, gpu = 0 }: Resources = {}, signal?: AbortSignal): Promise<Disposable> {
    const wants = { cpu: share(cpu, this.total.cpu), gpu: share(gpu, this.total.gpu) };
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#queue.delete(waiting);
        reject(signal!.reason);
      };
      const waiting: Waiting = {
        wants,
        start: (release) => {
          signal?.removeEventListener("abort", abort);
          resolve(release);
        },
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort);
      this.#queue.add(waiting);
      this.#startWhatFits();
    });
  }

  #startWhatFits(): void {
    for (const waiting of this.#queue) {
      const { wants: { cpu, gpu } } = waiting;
      if (this.#jobs < 1) return;
      if (cpu > this.#cpu || gpu > this.#gpu) continue;
      this.#queue.delete(waiting);
      this.#take(1, cpu, gpu);
      waiting.start({
        [Symbol.dispose]: () => {
          this.#take(-1, -cpu, -gpu);
          this.#startWhatFits();
        },
      });
    }
  }

  #take(jobs: number, cpu: number, gpu: number): void {
    this.#jobs -= jobs;
    this.#cpu -= cpu;
    this.#gpu -= gpu;
  }
}

/** Of what there is without end, there is always enough. */
const share = (wanted: number, total: number) => total === Infinity ? 0 : Math.min(wanted, total);
