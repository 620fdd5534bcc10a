import * as Plot from "@observablehq/plot";
import { classScores } from "../../data/statistics/class_scores.ts";
import { honestScore } from "../../data/statistics/honest_score.ts";
import { percent, percentRange } from "../../data/statistics/percent.ts";
import { fitText, textWidth } from "../text.ts";
import { chart, CHART_WIDTH } from "./chart.ts";
import { branchesIn } from "../../models/manifest.ts";
import type { BranchScore } from "../../training/score.ts";
import type { ReportFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";
import { wideTable } from "./wide_table.ts";

/** Beyond so many classes the table of what is taken for what says more than a matrix. */
export const MOST_CLASSES = 30;
const MOST_PAIRS = 10;
/** Of a cell's colour at most so much, so that the count in it can be read on light and dark. */
const FULLEST = 0.5;

/** What is taken for what, by both branches, and how each class fares. */
export function confusion(facts: ReportFacts): Html {
  const { classes, branches, shown } = facts;
  const order = [shown, ...branchesIn(branches).filter((name) => name !== shown)];
  return html`<section id="classes" aria-labelledby="classes-title">
    <h2 id="classes-title">Which classes it confuses</h2>
    ${
    classes.length > MOST_CLASSES
      ? undefined
      : html`<div class="charts">${
        order.map((name) => matrix(classes, name, honestScore(facts.branches[name]!).score))
      }</div>`
  }
    ${classes.length > 2 ? pairs(facts) : undefined}
    ${classByClass(facts)}
  </section>`;
}

function classByClass({ classes, shown, branches }: ReportFacts): Html {
  const { per_class, confusion } = honestScore(branches[shown]!).score;
  const scores = classScores(confusion);
  const figure = (value: number | null) => percent(value ?? NaN);
  const isUndefined = scores.classes.some(({ precision, recall }) =>
    precision === null || recall === null
  );
  return html`<h3>Class by class, ${shown}</h3>
    ${
    wideTable(
      "How each class fares",
      html`
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">right</th>
            <th scope="col">of (support)</th>
            <th scope="col">found (recall)</th>
            <th scope="col">95% interval</th>
            <th scope="col">right when named (precision)</th>
            <th scope="col">both (F1)</th>
          </tr>
        </thead>
        <tbody>${classes.map((name, label) => {
          const { correct, total, interval } = per_class[name];
          const { precision, recall, f1 } = scores.classes[label];
          return html`
            <tr>
              <th scope="row">${name}</th>
              <td>${correct}</td>
              <td>${total}</td>
              <td>${figure(recall)}</td>
              <td>${total === 0 ? "–" : percentRange(interval)}</td>
              <td>${figure(precision)}</td>
              <td>${figure(f1)}</td>
            </tr>
          `;
        })}</tbody>
      `,
    )
  }
    <p>Were every class as frequent as any other, ${shown} would be right on
      <strong>${figure(scores.balancedAccuracy)}</strong> (balanced accuracy, the mean of what it
      finds of each class; always naming one class brings ${
    percent(1 / classes.length)
  }). The mean of F1 is ${figure(scores.macroF1)} (macro F1).</p>
    ${
    isUndefined
      ? html`
        <p class="muted">– stands where there is nothing to take a share of: a class that was never
          named has no precision, and one without photos to ask about no recall.</p>
      `
      : undefined
  }`;
}

/** @param name of what was scored */
export function matrix(
  classes: readonly string[],
  name: string,
  { confusion: counts, correct, total }: Pick<BranchScore, "confusion" | "correct" | "total">,
): Html {
  const cells = counts.flatMap((row, actual) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((count, predicted) => ({
      actual,
      predicted,
      count,
      share: sum === 0 ? 0 : count / sum,
    }));
  });
  type Cell = typeof cells[0];
  const indices = classes.map((_, i) => i);
  const tickFormat = (index: number) => fitText(classes[index], 12, 84);
  const side = Math.max(26, Math.min(88, (CHART_WIDTH - 110) / classes.length));
  const slanted = classes.length > 3;
  const longest = Math.max(...classes.map((_, i) => textWidth(tickFormat(i), 12)));
  const margin = {
    marginLeft: Math.ceil(longest) + 16,
    marginTop: slanted ? Math.ceil(0.7 * longest) + 44 : 48,
    marginRight: slanted ? Math.ceil(0.7 * longest) : 2,
    marginBottom: 2,
  };
  return html`
    <figure class="wide"
      tabindex="0">${chart(
        `${name}: ${correct} of ${total} right; rows are the true class, columns the prediction`,
        {
          ...margin,
          width: margin.marginLeft + margin.marginRight + side * classes.length,
          height: margin.marginTop + margin.marginBottom + side * classes.length,
          padding: 0,
          x: {
            domain: indices,
            tickFormat,
            axis: "top",
            label: "predicted →",
            labelOffset: margin.marginTop - 14,
            tickRotate: slanted ? -45 : 0,
            tickSize: 0,
          },
          y: { domain: indices, tickFormat, label: null, tickSize: 0 },
          marks: [
            Plot.cell(cells, {
              x: "predicted",
              y: "actual",
              inset: 1.5,
              fill: ({ actual, predicted }: Cell) =>
                actual === predicted ? "var(--right)" : "var(--wrong)",
              // Few mistakes are already worth a look.
              fillOpacity: {
                value: ({ actual, predicted, share }: Cell) =>
                  FULLEST * (actual === predicted ? share : Math.sqrt(share)),
                scale: null,
              },
              stroke: "var(--hairline)",
            }),
            Plot.text(cells, {
              x: "predicted",
              y: "actual",
              text: ({ count }: Cell) => count === 0 ? "·" : String(count),
              fill: "currentColor",
              fontSize: classes.length > 8 ? 11 : 16,
            }),
          ],
        },
      )}<figcaption>${name}: ${correct} of ${total} right. A row is what photos show, a column what
            they were taken for.</figcaption></figure>
  `;
}

function pairs({ classes, branches, shown }: ReportFacts): Html | undefined {
  const mistakes = honestScore(branches[shown]!).score.confusion.flatMap((row, actual) =>
    row.map((count, predicted) => ({ actual, predicted, count }))
  ).filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
  if (mistakes.length === 0) return undefined;
  return html`
    <h3>What ${shown} mistakes for what</h3>
    <ol>${mistakes.slice(0, MOST_PAIRS).map(({ actual, predicted, count }) =>
      html`<li>${classes[actual]} taken for ${classes[predicted]}: ${
        count === 1 ? "once" : `${count} times`
      }</li>`
    )}</ol>
  `;
}
