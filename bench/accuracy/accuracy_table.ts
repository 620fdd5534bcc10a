/** The runs of `deno task bench accuracy` as tables. */
import type { AccuracyRun } from "./accuracy_run.ts";
import { describeDifference, pairedDifference } from "./paired_interval.ts";

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const secondsOf = (of: readonly AccuracyRun[]) => {
  const known = of.flatMap(({ seconds }) => seconds ?? []);
  return known.length === 0 ? "–" : `${mean(known).toFixed(0)} s`;
};
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/**
 * Test accuracy of each tool and set, over the divisions that it did; below it, how much more often
 * the tool `against` is right than the row's, on the photos of the divisions that both did; then the
 * seconds.
 */
export function accuracyTable(runs: readonly AccuracyRun[], against = "best"): string {
  const sets = [...new Set(runs.map(({ set }) => set))];
  const tools = [...Map.groupBy(runs, ({ tool, model }) => `${tool}, ${model}`)];
  const head = ["tool", ...sets, "mean"];
  const rows = (
    cell: (of: AccuracyRun[], set: string) => string,
    last: (of: AccuracyRun[]) => string,
  ) => [
    row(head),
    row(head.map(() => "---")),
    ...tools.map(([name, of]) =>
      row([
        name,
        ...sets.map((set) => {
          const own = of.filter((run) => run.set === set);
          return own.length === 0 ? "–" : cell(own, set);
        }),
        last(of),
      ])
    ),
  ];
  const accuracies = (of: AccuracyRun[]) => of.map(({ test }) => 100 * test.accuracy);
  const bestOf = ({ model, set, division }: AccuracyRun) =>
    runs.find((run) =>
      run.tool === against && run.model === model && run.set === set && run.division === division
    );
  const pairsOf = (of: AccuracyRun[]) =>
    of.flatMap((run): [string, string][] => {
      const best = bestOf(run);
      return best ? [[best.test.right, run.test.right]] : [];
    });
  const compared = (of: AccuracyRun[]) => {
    const pairs = pairsOf(of);
    return pairs.length === 0 ? "–" : describeDifference(pairedDifference(pairs));
  };
  const complete = (of: AccuracyRun[]) => sets.every((set) => of.some((run) => run.set === set));
  return [
    ...rows(
      (of) => `${mean(accuracies(of)).toFixed(1)}% (${of.length})`,
      (of) =>
        complete(of)
          ? `${
            mean(sets.map((set) => mean(accuracies(of.filter((run) => run.set === set))))).toFixed(
              1,
            )
          }%`
          : "–",
    ),
    "",
    ...rows(compared, compared),
    "",
    ...rows(secondsOf, () => ""),
  ].join("\n");
}
