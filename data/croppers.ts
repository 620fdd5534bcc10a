import { CROPPING } from "./crop_processes.ts";
import { CAN_CHAIN, FirstProcess, type ProcessChain } from "./process_chain.ts";
import { type PipedProcess, type ProcessOptions, startProcess } from "./process_pool.ts";

/** Others start when they are taken. */
const MOST_AT_ONCE = 8;

/**
 * Processes that cut photos, started before it is known who takes the crops: that takes as long as they
 * take to start. All of them end with this.
 */
export class Croppers implements Disposable {
  readonly #all: (FirstProcess | PipedProcess)[];
  #taken = 0;

  /** @param count how many will be wanted, as far as one can say: they start at once */
  constructor(count: number) {
    this.#all = Array.from({ length: Math.min(count, MOST_AT_ONCE) }, start);
  }

  /** One whose crops come here. */
  take(): PipedProcess {
    const process = this.#next();
    return process instanceof FirstProcess ? process.alone() : process;
  }

  /**
   * One whose crops go to a process that is started for it.
   * @throws {Error} where the system cannot (`CAN_CHAIN`)
   */
  takeBefore(options: ProcessOptions): ProcessChain {
    const process = this.#next();
    if (process instanceof FirstProcess) return process.before(options);
    throw new Error("this system hands no pipe of one process to another");
  }

  #next(): FirstProcess | PipedProcess {
    if (this.#taken === this.#all.length) this.#all.push(start());
    return this.#all[this.#taken++];
  }

  [Symbol.dispose](): void {
    for (const process of this.#all) {
      if (process instanceof FirstProcess) process[Symbol.dispose]();
      else process.kill();
    }
  }
}

const start = () => CAN_CHAIN ? new FirstProcess(CROPPING) : startProcess(CROPPING);
