/** What is said when a run is over: how good the model is, where the report lies, what comes next. */
import { printable } from "../../pipeline/process/printable.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { accuracyInWords } from "../../data/statistics/accuracy_in_words.ts";
import { failingClassesInWords } from "../../data/statistics/failing_classes.ts";
import { honestScore } from "../../data/statistics/honest_score.ts";
import { describeAdvice } from "../../report/describe_advice.ts";
import { branchesIn } from "../../models/manifest.ts";
import { type Metrics, metricsFile } from "../../tasks/artifacts/metrics.ts";
import { takenBranch } from "../../training/score.ts";
import type { Conclusion, Program } from "../cli/application.ts";
import { drawRun, evaluationOf } from "./run_report.ts";

/** What the branches are, for who has not met the words yet. */
const BRANCH_IN_WORDS = {
  finetune: "the model taught from its first layer to its last (finetune)",
  frozen: "the model whose last layer alone was taught (frozen)",
};

/**
 * Draws what a run has to show, and says what came of it; undefined where it did not come so far.
 * @param flags with which a command finds the run's store, for a shell
 */
export async function concludeRun(
  program: Pick<Program, "pipeline" | "asTyped">,
  store: string,
  record: RunRecord,
  flags: readonly string[],
): Promise<Conclusion | undefined> {
  const { report, curves } = await drawRun(
    await program.pipeline(),
    store,
    record,
    program.asTyped,
  );
  if (!report) {
    return curves.length > 0 ? curves.map((path) => ({ text: "curves: ", path })) : undefined;
  }
  const metrics = await metricsFile.read(evaluationOf(record)!);
  return [
    resultOf(metrics),
    ...adviceOf(metrics),
    { text: "report: ", path: report },
    ...(record.status === "done"
      ? [`next:   ${["deno task predict PHOTO", ...flags].join(" ")}`]
      : []),
  ];
}

/** How good the better branch is, in a sentence; and at which classes it fails all the same. */
function resultOf(metrics: Metrics): string {
  const branch = metrics.branches[takenBranch(metrics)]!;
  const failing = failingClassesInWords(honestScore(branch).score.per_class);
  const but = failing && `, but ${printable(failing)}`;
  return `${whichAre(metrics)} ${accuracyInWords(branch)}${but}.`;
}

/** Of whom the result is told, and the verb. */
function whichAre(metrics: Metrics): string {
  const { branches, comparison } = metrics;
  const one = `${BRANCH_IN_WORDS[takenBranch(metrics)]}, is`;
  if (!comparison) return `The only one, ${one}`;
  if (comparison.better !== "equal") return `The better one, ${one}`;
  const [first, second] = branchesIn(branches).map((name) => honestScore(branches[name]!));
  const areToldAlike = first.on === second.on && first.score.correct === second.score.correct;
  return areToldAlike
    ? "Both models are"
    : `Of two that are equal on the photos kept aside, ${one}`;
}

/** What to do next, by its titles: the report has the reasons. */
function adviceOf({ advice = [] }: Metrics): string[] {
  const titles = advice.map((piece) => printable(describeAdvice(piece).title));
  return titles.length === 0 ? [] : [`What next (the report says why): ${titles.join("; ")}.`];
}
