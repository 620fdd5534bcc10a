/** Which epoch of a finetuning would have been kept, by several rules: `deno task bench finetune`. */
import type { FinetuneRun } from "./finetune_run.ts";

type Point = Pick<FinetuneRun["epochs"][0], "val" | "test">;

export const RULES = {
  /** As `training/finetune.ts`: the lowest val loss; the start too. */
  loss: ({ val: a }: Point, { val: b }: Point) => a.loss < b.loss,
  /** The highest val accuracy, then the lowest val loss. */
  accuracy: ({ val: a }: Point, { val: b }: Point) =>
    a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss),
  /** The highest val accuracy, and the earlier of equals. */
  "accuracy, ties to the earlier": ({ val: a }: Point, { val: b }: Point) =>
    a.accuracy > b.accuracy,
  /** Without val: the last. */
  last: () => true,
} as const;
export type Rule = keyof typeof RULES;

/**
 * @param patience ends after so many epochs that are no better; null never does
 * @returns the epoch kept, which may be the start, and how many were trained
 */
export function chooseEpoch(
  { start, epochs }: Pick<FinetuneRun, "start" | "epochs">,
  rule: Rule,
  patience: number | null = null,
): { kept: Point; trained: number } {
  let kept: Point = start, since = 0, trained = 0;
  for (const epoch of epochs) {
    if (patience !== null && since >= patience) break;
    trained++;
    if (RULES[rule](epoch, kept)) [kept, since] = [epoch, 0];
    else since++;
  }
  return { kept, trained };
}
