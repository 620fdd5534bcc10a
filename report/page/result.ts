/** The page's first words: how good the model is, how sure that is, and which branch to take. */
import * as Plot from "@observablehq/plot";
import { counted, percent, percentRange } from "../../data/statistics/percent.ts";
import { chart, CHART_WIDTH, colourOf } from "./chart.ts";
import { branchesIn } from "../../models/manifest.ts";
import type { ReportFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";

export function result(facts: ReportFacts): Html {
  const { branches, shown, comparison, data } = facts;
  const { accuracy, correct, total, interval, calibration } = branches[shown]!;
  const guess = guessing(data.counts.val);
  const photos = counted(total, "photo");
  return html`
    <section id="result" aria-labelledby="result-title">
      <h2 id="result-title">How good it is</h2>
      <div class="hero">
        <div>
          <p class="big">${percent(accuracy)}</p>
          <p>${lead(comparison)}<strong>${shown}</strong> names the class of
              <strong>${correct} of ${photos}</strong> that it was not trained on. On more photos
              of this kind it would be right on <strong>${percentRange(interval)}</strong>
              (95% interval: so much is left open by ${photos}). Always saying
              “${guess.label}” would be right on ${percent(guess.share)}.</p>
        </div>
        <figure>${intervals(facts, guess.share)}
            <figcaption>Accuracy on the ${photos} kept aside, with its 95% interval. The dashed
              line is always guessing the most frequent class.</figcaption></figure>
      </div>
      ${comparison && html`
        <h3>Finetuned or frozen?</h3>
        <p>${difference(comparison, total)}</p>
        <p class="muted">The epoch that was kept was chosen by these same photos, so both figures
          flatter a little; photos that nobody has looked at yet would tell.</p>
      `}
      <h3>Can its probabilities be taken at their word?</h3>
      <p>When ${shown} says 90%, is it right 90 times of 100? Its raw probabilities are off by
          ${percent(calibration.ece.before)} on average; divided by a temperature of
          ${calibration.temperature.toFixed(2)}, as everywhere on this page and in
          <code>predict</code>, by ${percent(calibration.ece.after)}.</p>
    </section>
  `;
}

type Comparison = NonNullable<ReportFacts["comparison"]>;

function lead(comparison: Comparison | undefined): string {
  if (!comparison) return "The only branch that was trained, ";
  return comparison.better === "equal" ? "Both branches are equally good. " : "The better branch, ";
}

/** McNemar's test without its name coming first. */
function difference(
  { better, only_finetune_right: finetune, only_frozen_right: frozen, p_value }: Comparison,
  total: number,
): Html {
  const disagree = finetune + frozen;
  if (disagree === 0) {
    return html`Both branches are right on the same photos and wrong on the same: nothing here
      tells them apart.`;
  }
  const photos = counted(total, "photo");
  const counts = html`Of ${photos}, the branches differ on ${disagree}: finetune alone was
    right on ${finetune}, frozen alone on ${frozen}.`;
  const chance = html`If both were equally good, a split as uneven as that would come up in
    <strong>${percent(p_value)}</strong> of such comparisons (McNemar’s exact test)`;
  if (better === "equal") return html`${counts} That is a tie.`;
  return p_value < 0.05
    ? html`${counts} ${chance}, so <strong>${better} is better</strong> by more than luck.`
    : html`${counts} ${chance}, so this <strong>does not show</strong> that ${better} is better:
      take whichever is cheaper, or decide with more photos.`;
}

function intervals({ branches }: ReportFacts, guess: number): Html {
  const rows = branchesIn(branches).map((name) => ({ name, ...branches[name]! }));
  const least = Math.min(guess, ...rows.map(({ interval: [low] }) => low));
  const label = rows.map(({ name, accuracy, interval }) =>
    `${name}: ${percent(accuracy)}, from ${percentRange(interval)}`
  ).join("; ");
  return chart(label, {
    height: 120,
    marginLeft: 62,
    marginRight: 24,
    width: CHART_WIDTH,
    x: {
      domain: [Math.max(0, least - 0.05), 1],
      tickFormat: "%",
      ticks: 5,
      grid: true,
      label: null,
    },
    y: { domain: branchesIn(branches), label: null, tickSize: 0 },
    marks: [
      Plot.ruleX([guess], { stroke: "var(--muted)", strokeDasharray: "4 3" }),
      Plot.ruleY(rows, {
        y: "name",
        x1: (row: typeof rows[0]) => row.interval[0],
        x2: (row: typeof rows[0]) => row.interval[1],
        stroke: (row: typeof rows[0]) => colourOf(row.name),
        strokeWidth: 5,
        strokeOpacity: 0.45,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, {
        y: "name",
        x: "accuracy",
        r: 6,
        fill: (row: typeof rows[0]) => colourOf(row.name),
      }),
    ],
  });
}

/** The most frequent class, and what always saying it would come to. */
function guessing(counts: Record<string, number>): { label: string; share: number } {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const [label, most] = entries.reduce((best, entry) => entry[1] > best[1] ? entry : best);
  return { label, share: total === 0 ? 0 : most / total };
}
