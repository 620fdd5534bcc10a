/** The runs of `deno task bench finetune` as tables. */
import { chooseEpoch, type Rule, RULES } from "./choose_epoch.ts";
import type { FinetuneRun } from "./finetune_run.ts";
import { describeDifference, pairedDifference } from "./paired_interval.ts";

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const group = <T>(items: readonly T[], by: (item: T) => string) => Map.groupBy(items, by);
const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;

/** Test accuracy above the start's, by set and over all, for each variant; then rules and patience. */
export function finetuneTable(runs: readonly FinetuneRun[]): string {
  const sets = [...new Set(runs.map(({ set }) => set))];
  return [
    ...variantTable(runs, sets, "accuracy"),
    "",
    ...ruleTable(runs, sets),
  ].join("\n");
}

function variantTable(
  runs: readonly FinetuneRun[],
  sets: readonly string[],
  rule: Rule,
): string[] {
  const head = ["variant", ...sets.map((set) => `${set} (runs)`), "mean", "paired", "log loss"];
  const lines = [...group(runs, ({ variant }) => variant)].map(([variant, of]) => {
    const gains = sets.map((set) => gainsOf(of.filter((run) => run.set === set), rule));
    const known = gains.filter(({ length }) => length > 0);
    const cells = gains.map((gain) =>
      gain.length === 0
        ? "–"
        : `${mean(gain.map(({ accuracy }) => accuracy)).toFixed(2)} (${gain.length})`
    );
    const over = mean(known.map((gain) => mean(gain.map(({ accuracy }) => accuracy))));
    const loss = mean(known.map((gain) => mean(gain.map(({ loss }) => loss))));
    const pairs = of.map((run): [string, string] => [
      chooseEpoch(run, rule).kept.test.right,
      run.start.test.right,
    ]);
    return {
      over,
      cells: [
        variant,
        ...cells,
        over.toFixed(2),
        describeDifference(pairedDifference(pairs)),
        loss.toFixed(3),
      ],
    };
  });
  const start = sets.map((set) => {
    const of = runs.filter((run) => run.set === set);
    return `${(100 * mean(of.map(({ start }) => start.test.accuracy))).toFixed(1)}%`;
  });
  return [
    row(head),
    row(head.map(() => "---")),
    row(["(the start's test accuracy)", ...start, "", "", ""]),
    ...lines.toSorted((a, b) => b.over - a.over).map(({ cells }) => row(cells)),
  ];
}

/** In points, and nats, of each run: what is kept, less what it began with. */
function gainsOf(runs: readonly FinetuneRun[], rule: Rule, patience: number | null = null) {
  return runs.map((run) => {
    const { kept, trained } = chooseEpoch(run, rule, patience);
    return {
      accuracy: 100 * (kept.test.accuracy - run.start.test.accuracy),
      loss: kept.test.loss - run.start.test.loss,
      trained: trained / run.epochs.length,
    };
  });
}

function ruleTable(runs: readonly FinetuneRun[], sets: readonly string[]): string[] {
  const head = ["rule, patience", ...sets, "mean", "log loss", "epochs done"];
  const rows = Object.keys(RULES).flatMap((rule) =>
    [null, 4, 3, 2].map((patience) => {
      const gains = sets.map((set) =>
        gainsOf(runs.filter((run) => run.set === set), rule as Rule, patience)
      );
      const of = (figure: "accuracy" | "loss" | "trained") =>
        gains.map((gain) => mean(gain.map((one) => one[figure])));
      return row([
        `${rule}, ${patience ?? "none"}`,
        ...of("accuracy").map((gain) => gain.toFixed(2)),
        mean(of("accuracy")).toFixed(2),
        mean(of("loss")).toFixed(3),
        `${(100 * mean(of("trained"))).toFixed(0)}%`,
      ]);
    })
  );
  return [row(head), row(head.map(() => "---")), ...rows];
}
