/** What `--recipe best` would have delivered in the runs of `deno task bench finetune`. */
import type { AccuracyRun } from "./accuracy_run.ts";
import { chooseEpoch } from "./choose_epoch.ts";
import type { FinetuneRun } from "./finetune_run.ts";

/**
 * The probe, which all variants of a set and division begin with, and what finetuning by one of them
 * keeps, as runs of tools. They have no seconds: test was asked after each epoch.
 *
 * @param patience of the recipe
 */
export function bestRuns(
  runs: readonly FinetuneRun[],
  variant: string,
  patience: number | null,
): AccuracyRun[] {
  const ofTool = (
    tool: string,
    { set, division, model, backend: device }: FinetuneRun,
    { val, test }: FinetuneRun["start"],
  ): AccuracyRun => ({ bench: "accuracy", tool, set, division, model, device, val, test });
  const divisions = Map.groupBy(runs, ({ set, division }) => `${set} ${division}`);
  return [
    ...[...divisions.values()].map(([run]) => ofTool("best, frozen alone", run, run.start)),
    ...runs.filter((run) => run.variant === variant && run.seed === 0)
      .map((run) => ofTool("best", run, chooseEpoch(run, "loss", patience).kept)),
  ];
}
