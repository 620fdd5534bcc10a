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
  resolve(value: Response): void;
  reject(error: Error): void;
}

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
  #nextId = 0;
  #failure: Error | undefined;

  /**
   * @param module of a file that calls `answerRequests`
   * @param size how many workers, at least one
   */
  constructor(module: URL, size: number) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`a pool needs at least one worker, got ${size}`);
    }
    this.#workers = Array.from({ length: size }, () => this.#start(module));
    this.#idle = [...this.#workers];
  }

  /**
   * Has a worker answer.
   * @throws {Error} what its handler threw, or why workers cannot be had.
   */
  run(request: Request): Promise<Response> {
    const answer = new Promise<Response>((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.push({ request, resolve, reject });
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

  #start(module: URL): Worker {
    const worker = new Worker(module, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer<Response>>) => {
      const job = this.#running.get(data.id);
      this.#running.delete(data.id);
      if ("value" in data) job?.resolve(data.value);
      else job?.reject(new Error(data.error));
      this.#idle.push(worker);
      this.#dispatch();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const name = module.pathname.split("/").at(-1);
      this.#fail(new Error(`the worker ${name} failed: ${event.message}`));
    };
    return worker;
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0 && !this.#failure) {
      const job = this.#waiting.shift()!;
      const question: Question<Request> = { id: this.#nextId++, request: job.request };
      this.#running.set(question.id, job);
      this.#idle.pop()!.postMessage(question);
    }
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
