import type { Change } from "../../pipeline/explain/changes.ts";
import type { StepComparison } from "../../pipeline/explain/compare.ts";

/** Kinds of change whose digests tell a person nothing. */
const DIGESTS: Change["kind"][] = ["file", "external", "environment", "input"];

/**
 * What differs between two runs, for people: what several steps have in common is said once, and
 * that a step's input changed is not said where the step before it shows what.
 *
 * @param runs their names
 */
export function comparisonTable(runs: [string, string], steps: readonly StepComparison[]): string {
  if (steps.length === 0) return `${runs.join(" and ")} do not differ`;
  const compared = new Set(steps.map(({ step }) => step));
  const changes = steps.flatMap(({ step, changes }) =>
    changes.filter(({ kind, name }) => kind !== "input" || !compared.has(name))
      .map((change) => ({ cells: cellsOf(change), step }))
  );
  const figures = steps.flatMap(({ step, figures }) =>
    figures.map(({ name, before, after }) => [
      name,
      figure(before),
      figure(after),
      before === undefined || after === undefined ? "" : difference(after - before),
      step,
    ])
  );
  const only = (which: "before" | "after") =>
    steps.filter((step) => step.only === which).map(({ step }) => step);
  const lonely = (["before", "after"] as const).flatMap((which, i) =>
    only(which).length > 0 ? [`only in ${runs[i]}: ${only(which).join(", ")}`] : []
  );
  const bySame = Map.groupBy(changes, ({ cells }) => JSON.stringify(cells));
  const shared = [...bySame.values()].map((same) => [
    ...same[0].cells,
    "",
    same.map(({ step }) => step).join(", "),
  ]);
  const table = aligned([["", ...runs, "", ""], ...shared, ...figures]);
  return [...shared.length + figures.length > 0 ? table : [], ...lonely].join("\n");
}

function cellsOf({ kind, name, before, after, lines }: Change): string[] {
  if (!DIGESTS.includes(kind)) return [name, before ?? "–", after ?? "–"];
  const what = lines ? `+${lines.added} −${lines.removed} lines` : after ? "another" : "–";
  return [name, before ? "" : "–", before ? what : "new"];
}

const figure = (value?: number) => value === undefined ? "–" : String(Number(value.toPrecision(6)));

function difference(by: number): string {
  return `${by < 0 ? "−" : "+"}${Number(Math.abs(by).toPrecision(3))}`;
}

/** The widest name of a run decides; longer values do not push the columns apart. */
const WIDEST = 32;

function aligned(rows: string[][]): string[] {
  const widths = rows[0].map((_, i) =>
    Math.min(WIDEST, Math.max(...rows.map((row) => row[i].length)))
  );
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd());
}
