/** Workers of one module that answer requests, whichever is free. */

/** What a worker is sent. */
interface Question<Request> {
  id: number;
  request: Request;
}

/** What it sends back: the value, or what went wrong. */
type Answer<Response> = { id: number; value: Response } | { id: number; error: string };

interface Job<Request, Response> {
  request: Request;
  /** Milliseconds that it may take once it is begun. */
  patience: number | undefined;
  resolve(value: Response): void;
  reject(error: Error): void;
}

/** A request took too long. */
export class LateError extends Error {
  constructor(patience: number) {
    super(`it takes longer than ${patience / 1000} s`);
  }
}

/** So many requests took too long that the pool gave up. */
export class StuckError extends Error {}

/** A worker that is stuck works on until the process ends, at the cost of the others. */
const MOST_STUCK = 4;

/**
 * A pool of module workers. Requests are begun in the order in which they come, one a worker.
 *
 * A process with narrow permissions needs to read the worker's own source files: Deno asks for that
 * when it starts one, though not for the packages that they import.
 */
export class WorkerPool<Request, Response> {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Job<Request, Response>[] = [];
  readonly #running = new Map<number, Job<Request, Response>>();
  /** `Worker.terminate` does not end what computes without a pause (Deno 2.9): these are left alone. */
  readonly #stuck = new Set<Worker>();
  #nextId = 0;
  #failure: Error | undefined;

  /**
   * @param module of a file that calls `answerRequests`
   * @param size how many workers, at least one
   */
  constructor(private readonly module: URL, size: number) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`a pool needs at least one worker, got ${size}`);
    }
    this.#workers = Array.from({ length: size }, () => this.#start());
    this.#idle = [...this.#workers];
  }

  /**
   * Has a worker answer.
   * @param patience milliseconds that it may take once it is begun, without limit by default; another
   *   worker takes the place of one that is late
   * @throws {LateError} where it takes longer
   * @throws {Error} what its handler threw, or why workers cannot be had.
   */
  run(request: Request, patience?: number): Promise<Response> {
    const answer = new Promise<Response>((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.push({ request, patience, resolve, reject });
      this.#dispatch();
    });
    // Whoever asks for several at once may leave after the first failure.
    answer.catch(() => {});
    return answer;
  }

  /** Ends the workers; what they had not answered is rejected. */
  close(): void {
    this.#fail(new Error("the workers were closed"));
  }

  #start(): Worker {
    const worker = new Worker(this.module, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer<Response>>) => {
      if (this.#stuck.has(worker)) return;
      const job = this.#running.get(data.id);
      this.#running.delete(data.id);
      if ("value" in data) job?.resolve(data.value);
      else job?.reject(new Error(data.error));
      this.#idle.push(worker);
      this.#dispatch();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const name = this.module.pathname.split("/").at(-1);
      this.#fail(new Error(`the worker ${name} failed: ${event.message}`));
    };
    return worker;
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0 && !this.#failure) {
      const job = this.#waiting.shift()!;
      const question: Question<Request> = { id: this.#nextId++, request: job.request };
      const worker = this.#idle.pop()!;
      this.#running.set(question.id, this.#timed(job, question.id, worker));
      worker.postMessage(question);
    }
  }

  /** The job, which fails when its time is up. */
  #timed(
    job: Job<Request, Response>,
    id: number,
    worker: Worker,
  ): Job<Request, Response> {
    const { patience, resolve, reject } = job;
    if (patience === undefined) return job;
    const timer = setTimeout(() => {
      this.#running.delete(id);
      reject(new LateError(patience));
      this.#replace(worker);
    }, patience);
    return {
      ...job,
      resolve: (value) => (clearTimeout(timer), resolve(value)),
      reject: (error) => (clearTimeout(timer), reject(error)),
    };
  }

  #replace(worker: Worker): void {
    this.#stuck.add(worker);
    worker.terminate();
    if (this.#stuck.size > MOST_STUCK) {
      return this.#fail(new StuckError(`${this.#stuck.size} workers do not come to an end`));
    }
    const another = this.#start();
    this.#workers.splice(this.#workers.indexOf(worker), 1, another);
    this.#idle.push(another);
    this.#dispatch();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const worker of this.#workers) worker.terminate();
    for (const job of [...this.#running.values(), ...this.#waiting.splice(0)]) job.reject(error);
    this.#running.clear();
  }
}

/**
 * Makes the worker that this runs in answer its pool's requests with `handle`, one after the other.
 * @param handle what it throws becomes the request's error
 * @param transfer buffers of the answer that are handed over instead of copied
 */
export function answerRequests<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
  transfer: (response: Response) => Transferable[] = () => [],
): void {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = async ({ data: { id, request } }: MessageEvent<Question<Request>>) => {
    try {
      const value = await handle(request);
      scope.postMessage({ id, value }, transfer(value));
    } catch (error) {
      scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
}
