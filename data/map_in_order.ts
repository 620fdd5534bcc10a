/**
 * Applies `begin` to what `source` yields, `most` at a time, and yields the results in the source's
 * order as soon as they are there: a slow source does not hold back what is finished.
 * @throws what the source or `begin` throws; the rest is left
 */
export async function* mapInOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  most: number,
  begin: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const items = Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
  const begun: Promise<R>[] = [];
  let pulling: Promise<{ item: IteratorResult<T> }> | undefined;
  let ended = false;
  try {
    while (true) {
      if (!ended && begun.length < most) {
        pulling ??= Promise.resolve(items.next()).then((item) => ({ item }));
      }
      if (!pulling && begun.length === 0) return;
      const next = await Promise.race([
        ...(pulling ? [pulling] : []),
        ...begun.slice(0, 1).map((result) => result.then((result) => ({ result }))),
      ]);
      if ("result" in next) {
        begun.shift();
        yield next.result;
        continue;
      }
      pulling = undefined;
      ended = next.item.done === true;
      if (next.item.done) continue;
      const result = begin(next.item.value);
      result.catch(() => {}); // thrown where it is awaited; whoever leaves before does not care
      begun.push(result);
    }
  } finally {
    pulling?.catch(() => {});
    // A source that waits for its next item cannot be told: it is left to itself.
    if (!pulling && !ended) await items.return?.();
  }
}

/**
 * Groups what `source` yields, at most `most` together; where the next one is not there within
 * `patienceMs`, those that are there go ahead.
 */
export async function* inBatches<T>(
  source: Iterable<T> | AsyncIterable<T>,
  most: number,
  patienceMs: number,
): AsyncGenerator<T[]> {
  const items = (async function* () {
    yield* source;
  })();
  let batch: T[] = [];
  let pulling = items.next();
  pulling.catch(() => {});
  try {
    while (true) {
      const next = await (batch.length > 0 ? within(pulling, patienceMs) : pulling);
      if (next?.done) break;
      if (next) {
        batch.push(next.value);
        pulling = items.next();
        pulling.catch(() => {});
        if (batch.length < most) continue;
      }
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    // Not awaited: a source that waits for its own next item would hold everything up.
    items.return?.().catch(() => {});
  }
}

/** What the promise gives, or undefined when it takes longer. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
