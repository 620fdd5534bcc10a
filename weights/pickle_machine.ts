/** The stack machine that runs a pickle; see pickle.ts for what it may do. */
import type { ByteReader } from "./byte_reader.ts";
import type { PickleBudget } from "./pickle_budget.ts";

/** More arguments than any function has that a pickle may call. */
const MOST_ARGUMENTS = 16;

/** A pickle that is damaged, or wants something that is refused. */
export class PickleError extends Error {
  override name = "PickleError";
}

/** Something harmless in a pickle that nobody here needs: a device, a complex number. */
export class Unread {
  constructor(readonly what: string) {}
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
  readonly #memo = new Map<number, unknown>();

  constructor(
    readonly reader: ByteReader,
    readonly world: PickleWorld,
    readonly budget: PickleBudget,
  ) {}

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

  pushArray(items: unknown[]) {
    this.budget.array();
    this.#stack.push(items);
  }

  pushMap(items: unknown[] = []) {
    this.budget.hashed();
    this.budget.entries(items.length / 2);
    this.#stack.push(mapOf(items));
  }

  pushSet(items: unknown[] = []) {
    this.budget.hashed();
    this.budget.entries(items.length);
    this.#stack.push(new Set(items));
  }

  /** Leaves `length` as it is, where that many bytes follow and may become a string. */
  text(length: number): number {
    this.reader.expect(length);
    this.budget.text(length);
    return length;
  }

  mark() {
    this.budget.array();
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

  memoize(index = this.#memo.size) {
    this.budget.entries(1);
    this.#memo.set(index, this.top());
  }

  recall(index: number) {
    if (!this.#memo.has(index)) throw new PickleError("the pickle is damaged: it recalls nothing");
    this.push(this.#memo.get(index));
  }

  global() {
    const [module, name] = this.popMany(2);
    // Anything else as text could be longer than memory: lists can hold one another many times over.
    if (typeof module !== "string" || typeof name !== "string") {
      throw new PickleError("the pickle is damaged: a name is no text");
    }
    this.push(this.world.global(module, name));
  }

  call() {
    const args = this.pop();
    const callee = this.pop();
    if (typeof callee !== "function" || !Array.isArray(args)) {
      throw new PickleError("it calls something that is no function");
    }
    if (args.length > MOST_ARGUMENTS) {
      throw new PickleError(`it calls a function with ${args.length} arguments`);
    }
    this.budget.hashed();
    for (const arg of args) this.budget.entries(sizeOf(arg)); // which may be copied
    this.push(callee(...args));
  }

  setItems(items: unknown[]) {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2) throw damagedContainer();
    this.budget.entries(items.length / 2);
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
    this.budget.entries(items.length);
    for (const item of items) target.add(item);
  }

  /** `object.__setstate__(state)`: no object here has state that matters. */
  build() {
    this.pop();
    const target = this.top();
    if (!(target instanceof Map || target instanceof Unread)) {
      throw new PickleError("it sets the state of an object");
    }
  }
}

function damagedContainer(): PickleError {
  return new PickleError("the pickle is damaged: it fills something that is no container");
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map || value instanceof Set ? value.size : 0;
}

/** Keys and values in turn. */
function mapOf(items: unknown[]): Map<unknown, unknown> {
  const map = new Map();
  for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  return map;
}
