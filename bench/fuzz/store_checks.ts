/** Whether a store in any state gives right results, or says what is wrong with it. */
import { plan } from "../../pipeline/explain/plan.ts";
import { PipelineError, StoreError } from "../../pipeline/errors.ts";
import { run } from "../../pipeline/run.ts";
import { gc } from "../../pipeline/upkeep/gc.ts";
import { listRuns } from "../../pipeline/upkeep/history.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { insideProcess, SMALL_RESULTS, smallPipeline } from "./small_pipeline.ts";

/** What was wrong was named, in the words that it holds. */
class NamedError extends Error {
  override name = "NamedError";
}

export const isNamed = (error: Error): boolean =>
  [NamedError, StoreError, PipelineError].some((kind) => error instanceof kind);

/** What a check is told, as JSON. */
export interface StoreCase {
  store: string;
  /** Damages this file of the store before: its bytes as base64, or undefined to remove it. */
  damage?: { path: string; bytes?: string; keepTime: boolean };
  /** Steps run that have run before, damage or not. */
  interrupted?: boolean;
  /** The disk below is too small: a run that fails has to say so. */
  full?: boolean;
}

/**
 * Damages, asks, runs, and asks again.
 *
 * @throws {NamedError} where the damage was named, or put right by making something anew
 * @throws {Error} where a result is wrong, or what was put right is still damaged
 */
export async function checkStore(
  { store, damage, interrupted, full }: StoreCase,
): Promise<void> {
  if (damage) spoil(`${store}/${damage.path}`, damage);
  // Of a full disk even looking may fail, by name.
  const found = full ? [] : await verify(store);
  if (!full) {
    await plan(smallPipeline, { store });
    await listRuns(store);
  }
  const { status, steps } = await run(smallPipeline, { store, executor: insideProcess });
  if (status !== "done") {
    const { error } = steps.find((step) => step.status === "failed")!;
    if (full && /disk is full: free some space/.test(error!.message)) {
      throw new NamedError(error!.message);
    }
    throw new Error(`the run ${status}: ${error!.message}`);
  }
  const wrong = steps.find(({ step, artifact }) =>
    Deno.readTextFileSync(`${artifact}/text.txt`) !== SMALL_RESULTS[step]
  );
  const named = found[0] && `${found[0].step}: ${found[0].problem}`;
  if (wrong) {
    throw new Error(`${wrong.step} gives a wrong result${named ? `, though ${named}` : ""}`);
  }
  await gc(store);
  if (named) throw new NamedError(named);
  const left = (await verify(store))[0];
  if (left) throw new Error(`after a run, ${left.step} is still damaged: ${left.problem}`);
  const remade = steps.find(({ status }) => status === "ran");
  if (damage && remade && !interrupted) {
    throw new NamedError(`${remade.step} ran: ${remade.reason}`);
  }
}

function spoil(path: string, { bytes, keepTime }: NonNullable<StoreCase["damage"]>): void {
  const { mtime, atime } = Deno.statSync(path);
  if (bytes === undefined) return Deno.removeSync(path);
  Deno.writeFileSync(path, Uint8Array.fromBase64(bytes));
  if (keepTime) Deno.utimeSync(path, atime!, mtime!);
}
