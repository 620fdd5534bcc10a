/** The stack machine that runs a pickle; see pickle.ts for what it may do. */
import type { ByteReader } from "./byte_reader.ts";

/** A pickle that is damaged, or wants something that is refused. */
export class PickleError extends Error {
  override name = "PickleError";
}

/** What a pickle may refer to outside itself. */
export interface PickleWorld {
  /**
   * The value of `module.name`: a function where the pickle may call it.
   *
   * @throws {PickleError} where it is refused
   */
  global(module: string, name: string): unknown;
  /** The object for a persistent id: torch's storages. */
  persistent(id: unknown): unknown;
}

export class PickleMachine {
  #stack: unknown[] = [];
  /** The stacks below the marks. */
  readonly #below: unknown[][] = [];
  readonly memo = new Map<number, unknown>();

  constructor(readonly reader: ByteReader, readonly world: PickleWorld) {}

  push(value: unknown) {
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) {
      throw new PickleError("the pickle is damaged: its stack is empty");
    }
    return this.#stack.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark() {
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** Everything above the last mark. */
  popMark(): unknown[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (!below) throw new PickleError("the pickle is damaged: it lacks a mark");
    this.#stack = below;
    return items;
  }

  /** The last `count` values, oldest first. */
  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  recall(index: number) {
    if (!this.memo.has(index)) throw new PickleError("the pickle is damaged: it recalls nothing");
    this.push(this.memo.get(index));
  }

  call() {
    const args = this.pop();
    const callee = this.pop();
    if (typeof callee !== "function" || !Array.isArray(args)) {
      throw new PickleError("it calls something that is no function");
    }
    this.push(callee(...args));
  }

  setItems(items: unknown[]) {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2) throw damagedContainer();
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  }

  append(items: unknown[]) {
    const target = this.top();
    if (!Array.isArray(target)) throw damagedContainer();
    for (const item of items) target.push(item);
  }

  add(items: unknown[]) {
    const target = this.top();
    if (!(target instanceof Set)) throw damagedContainer();
    for (const item of items) target.add(item);
  }

  /** `object.__setstate__(state)`: no object here has state that matters. */
  build() {
    this.pop();
    if (!(this.top() instanceof Map)) throw new PickleError("it sets the state of an object");
  }
}

function damagedContainer(): PickleError {
  return new PickleError("the pickle is damaged: it fills something that is no container");
}

/** Keys and values in turn. */
export function mapOf(items: unknown[]): Map<unknown, unknown> {
  const map = new Map();
  for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  return map;
}
