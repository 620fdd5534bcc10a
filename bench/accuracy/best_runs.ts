/** What `--recipe best` would have delivered in the runs of `deno task bench finetune`. */
import type { AccuracyRun } from "./accuracy_run.ts";
import { chooseEpoch } from "./choose_epoch.ts";
import type { FinetuneRun } from "./finetune_run.ts";

/**
 * The probe, and what finetuning by one variant keeps, as runs of tools. They have no seconds: test
 * was asked after each epoch.
 *
 * @param patience of the recipe
 */
export function bestRuns(
  runs: readonly FinetuneRun[],
  variant: string,
  patience: number | null,
): AccuracyRun[] {
  return runs.filter((run) => run.variant === variant && run.seed === 0).flatMap((run) => {
    const { set, division, model, backend: device, start } = run;
    const common = { bench: "accuracy" as const, set, division, model, device };
    const { val, test } = chooseEpoch(run, "accuracy", patience).kept;
    return [
      { ...common, tool: "best", val, test },
      { ...common, tool: "best, frozen alone", val: start.val, test: start.test },
    ];
  });
}
