/** Processes of steps, one each; of steps that are declared reusable, one for several in turn. */
import type { Work } from "../executor.ts";
import type { Request } from "../process/protocol.ts";
import { removeIfThere } from "../store/folder.ts";
import { Guard } from "./guard.ts";
import { StepProcess } from "./step_process.ts";

/** Idle ones take memory, and machines have few cores. */
const MOST_IDLE = 8;

/** A process, and the request as it is put to it. */
export interface Lease extends Disposable {
  process: StepProcess;
  request: Request;
  /** It ended well, and may run another step. */
  giveBack(): void;
}

export class ProcessPool implements AsyncDisposable {
  readonly guard = new Guard();
  readonly #idle: Reused[] = [];

  lease(work: Work): Lease {
    // Links take a permission on Windows.
    const isReused = work.reusable !== undefined && Deno.build.os !== "windows";
    return isReused ? this.#leaseReused(work) : this.#leaseNew(work);
  }

  #leaseNew({ request, module, argumentsFor }: Work): Lease {
    const process = new StepProcess(
      ["run", ...argumentsFor(request), module.href],
      request.output,
    );
    const watched = this.guard.watch(process.pid);
    return {
      process,
      request,
      giveBack() {},
      [Symbol.dispose]() {
        process.kill();
        watched[Symbol.dispose]();
      },
    };
  }

  #leaseReused(work: Work): Lease {
    const kind = kindOf(work);
    const found = this.#idle.findIndex((reused) => reused.kind === kind && !reused.isOver);
    const reused = found < 0 ? new Reused(work, kind, this.guard) : this.#idle.splice(found, 1)[0];
    let isGivenBack = false;
    return {
      process: reused.process,
      request: reused.put(work.request),
      giveBack: () => isGivenBack = true,
      [Symbol.dispose]: () => {
        reused.process.listener = { onOut() {}, onError() {} };
        if (!isGivenBack || this.#idle.push(reused) > MOST_IDLE) {
          (isGivenBack ? this.#idle.shift()! : reused)[Symbol.dispose]();
        }
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const reused of idle) reused[Symbol.dispose]();
    await Promise.all(idle.map(({ process }) => process.ended));
    await this.guard[Symbol.asyncDispose]();
  }
}

/** Steps of one kind may run in one process: same code, and permissions for folders in the same place. */
const kindOf = (work: Work): string => {
  const arguments_ = work.argumentsFor(within("", work.request), "/in");
  return JSON.stringify([work.module.href, work.reusable, arguments_]);
};

/** The request with its folders where those of a process lie. */
const within = (folder: string, { inputs, ...request }: Request): Request => ({
  ...request,
  inputs: Object.fromEntries(Object.keys(inputs).map((name) => [name, `${folder}/in/${name}`])),
  output: `${folder}/out`,
  stays: true,
});

/**
 * A process whose permissions are for folders of its own, in which links lead to what a step may read
 * and write at the time: permissions cannot change, and Deno asks for them by the path that is given.
 */
class Reused implements Disposable {
  readonly process: StepProcess;
  readonly #folder: string;
  readonly #watched: Disposable;

  constructor({ request, module, argumentsFor }: Work, readonly kind: string, guard: Guard) {
    const beside = request.output.slice(0, request.output.lastIndexOf("/"));
    this.#folder = Deno.makeTempDirSync({ dir: beside, prefix: "process." });
    const args = argumentsFor(within(this.#folder, request), `${this.#folder}/in`);
    this.process = new StepProcess(["run", ...args, module.href], this.#folder);
    this.#watched = guard.watch(this.process.pid);
  }

  get isOver(): boolean {
    return this.process.isOver;
  }

  /** Has its folders lead to those of a request. */
  put(request: Request): Request {
    const put = within(this.#folder, request);
    removeIfThere(`${this.#folder}/in`);
    removeIfThere(`${this.#folder}/out`);
    Deno.mkdirSync(`${this.#folder}/in`);
    for (const [name, path] of Object.entries(request.inputs)) {
      Deno.symlinkSync(path, put.inputs[name]);
    }
    Deno.symlinkSync(request.output, put.output);
    return put;
  }

  [Symbol.dispose](): void {
    this.process.kill();
    this.#watched[Symbol.dispose]();
    removeIfThere(this.#folder);
  }
}
