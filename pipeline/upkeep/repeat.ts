/** Whether a step is what all rests on: a function, which gives the same for the same. */
import { inputsOf, kindOf } from "../declaration.ts";
import { inStore } from "../errors.ts";
import { type Pipeline, stepNamed } from "../graph.ts";
import { openStore } from "../implementations.ts";
import { run, type RunOptions } from "../run.ts";
import type { Manifest, Store } from "../store.ts";
import { without } from "../tree.ts";

export interface Repetition {
  step: string;
  deterministic: boolean;
  /** Files that came out differently, of those that count as the result. */
  differences: string[];
  /** Whether the store holds the same result; undefined if it holds none. */
  isStored?: boolean;
}

/**
 * Runs a step twice, from its beginning, and compares what it writes; one that has caches of items
 * also with these filled. What it needs is taken from the store, or made first. Nothing of the two is kept.
 *
 * @throws {Error} when a step fails
 */
export async function repeat(
  pipeline: Pipeline,
  step: string,
  options: RunOptions,
): Promise<Repetition> {
  const inputs = Object.values(inputsOf(stepNamed(pipeline, step)));
  const kept = openStore(options.store);
  return await inStore(kept.name, async () => {
    using _notRemoved = await kept.use({ signal: options.signal });
    if (inputs.length > 0) {
      await runOrThrow(pipeline, { ...options, targets: inputs, force: false });
    }
    const [first, ...again] = [
      ...await makeAlone(pipeline, step, options, kept),
      ...await makeAlone(pipeline, step, options, kept),
    ];
    const stored = (await kept.find(first.step, first.key)).artifact?.manifest;
    const found = again.flatMap((manifest) => differencesOf(first, manifest));
    const differences = [...new Set(found)].sort();
    return {
      step,
      deterministic: differences.length === 0,
      differences,
      isStored: stored && differencesOf(first, stored).length === 0,
    };
  });
}

/**
 * Makes a step's artifact in a store of its own, which vanishes; once more if the first attempt may
 * have put something by that the second one can take.
 */
async function makeAlone(
  pipeline: Pipeline,
  step: string,
  options: RunOptions,
  kept: Store,
): Promise<Manifest[]> {
  const store = await kept.draft(`${step}.repeated`);
  try {
    const readFrom = [options.store, ...options.readFrom ?? []];
    const declared = stepNamed(pipeline, step);
    const manifests: Manifest[] = [];
    for (const reuseItems of declared.itemCache ? [false, true] : [false]) {
      const { steps } = await runOrThrow(
        pipeline,
        {
          ...options,
          store,
          readFrom,
          targets: [step],
          force: [step],
          reuseItems,
          share: undefined,
        },
      );
      const { key } = steps.find((record) => record.step === step)!;
      manifests.push((await openStore(store).find(kindOf(declared), key!)).artifact!.manifest);
    }
    return manifests;
  } finally {
    await kept.discard(store);
  }
}

async function runOrThrow(pipeline: Pipeline, options: RunOptions) {
  const record = await run(pipeline, options);
  options.signal?.throwIfAborted();
  const failed = record.steps.find(({ status }) => status === "failed");
  if (failed) throw new Error(`${failed.step} failed: ${failed.reason}`);
  return record;
}

function differencesOf(...manifests: [Manifest, Manifest]): string[] {
  const [a, b] = manifests.map(({ tree, fingerprint }) => {
    const { files, emptyFolders } = without(tree, fingerprint.notInDigest);
    return new Map([
      ...files.map(({ path, sha256 }) => [path, sha256] as const),
      ...emptyFolders.map((path) => [path, "folder"] as const),
    ]);
  });
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path))
    .sort();
}
