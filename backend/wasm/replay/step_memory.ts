/**
 * The memory that recorded steps compute in. Their commands name addresses, so nobody else may be
 * given these; but as steps are replayed one after the other, all of them share the same.
 */
import type { Block, Range, SharedHeap } from "../heap.ts";

/** A recording, as far as memory goes. */
export interface Tenant {
  /** Where its intermediate results lie: neighbours joined, in order. */
  readonly ranges: readonly Range[];
  /** Others have got some of its memory meanwhile: it cannot be replayed any more. */
  evict(): void;
}

class StepMemory {
  readonly #tenants = new Set<Tenant>();
  /** What is taken from the heap. */
  #taken: Range[] = [];

  constructor(private readonly heap: SharedHeap) {
    heap.beforeFailing = () => this.#giveUp();
  }

  /** Until `close`, the heap may use what recorded steps compute in: another is being recorded. */
  open(): void {
    for (const range of this.#taken) this.heap.putBack(range);
    this.#taken = [];
  }

  /** Takes what all recordings compute in. Those that lost some of it to others are evicted. */
  close(): void {
    for (const tenant of this.#tenants) {
      if (tenant.ranges.every((range) => this.heap.isFree(range))) continue;
      this.#tenants.delete(tenant);
      tenant.evict();
    }
    this.#taken = joined([...this.#tenants].flatMap(({ ranges }) => ranges));
    for (const range of this.#taken) this.heap.take(range);
  }

  /** Between `open` and `close`. */
  add(tenant: Tenant): void {
    this.#tenants.add(tenant);
  }

  remove(tenant: Tenant): void {
    this.open();
    this.#tenants.delete(tenant);
    this.close();
  }

  #giveUp(): void {
    this.open();
    for (const tenant of this.#tenants) tenant.evict();
    this.#tenants.clear();
  }
}

const memories = new WeakMap<SharedHeap, StepMemory>();

export function stepMemoryOf(heap: SharedHeap): StepMemory {
  let memory = memories.get(heap);
  if (!memory) memories.set(heap, memory = new StepMemory(heap));
  return memory;
}

export function rangesOf(blocks: readonly Block[]): Range[] {
  return joined(blocks.map(({ pointer, bytes }) => ({ from: pointer, to: pointer + bytes })));
}

/** Overlapping and neighbouring ones in one. */
function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
