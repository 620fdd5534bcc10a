/** The page's first words: how good the model is, how sure that is, and which branch to take. */
import * as Plot from "@observablehq/plot";
import type { Accuracy } from "../../data/statistics/accuracy_in_words.ts";
import {
  answeredInWords,
  thresholdFor,
  withheldInWords,
} from "../../data/statistics/abstention_in_words.ts";
import { failingClassesInWords } from "../../data/statistics/failing_classes.ts";
import { honestScore, type MeasuredOn } from "../../data/statistics/honest_score.ts";
import { counted, percent, percentRange } from "../../data/statistics/percent.ts";
import { chart, CHART_WIDTH, colourOf } from "./chart.ts";
import { type Branch, branchesIn } from "../../models/manifest.ts";
import type { BranchFacts, ReportFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";
import { wideTable } from "./wide_table.ts";

/** What a score was measured by, in the page's words. */
interface Measured {
  /** Goes on after "names the class of 3 of 4 photos". */
  how: string;
  /** Goes on after "Accuracy on". */
  photos: string;
  /** How far the figure can be trusted. */
  trust: string;
}

const MEASURED: Record<MeasuredOn, (total: number) => Measured> = {
  test: (total) => ({
    how: "that were kept for this test alone",
    photos: `the ${counted(total, "test photo")}`,
    trust: "Neither training nor any choice saw these photos: what holds for them holds for " +
      "others of their kind.",
  }),
  cross_validated: (total) => ({
    how: "when each is asked of a model that had not seen it",
    photos: `the ${counted(total, "photo")} to train on, cross-validated`,
    trust: "The photos were too few to keep a test apart, so models were taught on parts of them " +
      "and each asked about the rest (cross-validation). The model that you have is taught in the " +
      "same way, with more photos.",
  }),
  val: (total) => ({
    how: "that it was not trained on",
    photos: `the ${counted(total, "photo")} kept aside`,
    trust:
      "Choices, such as which epoch and which branch to keep, went by these same photos, so the " +
      "figures flatter a little; photos that nobody has looked at yet would tell.",
  }),
};

export function result(facts: ReportFacts): Html {
  const { branches, shown, comparison } = facts;
  const branch = branches[shown]!;
  const { score, on } = honestScore(branch);
  const { accuracy, correct, total, interval } = score;
  const guess = guessing(score.per_class);
  const photos = counted(total, "photo");
  const measured = MEASURED[on](total);
  const failing = failingClassesInWords(score.per_class);
  return html`
    <section id="result" aria-labelledby="result-title">
      <h2 id="result-title">How good it is</h2>
      <div class="hero">
        <div>
          <p class="big">${percent(accuracy)}</p>
          ${failing === "" ? undefined : html`
            <p class="but">but ${failing}</p>
          `}
          <p>${lead(comparison)}<strong>${shown}</strong> names the class of
              <strong>${correct} of ${photos}</strong> ${measured.how}. On more photos
              of this kind it would be right on <strong>${percentRange(interval)}</strong>
              (95% interval: so much is left open by ${photos}). Always saying
              “${guess.label}” would be right on ${percent(guess.share)}.</p>
        </div>
        <figure>${intervals(branches, on, guess.share)}
            <figcaption>Accuracy on ${measured.photos}, with its 95% interval. The dashed
              line is always guessing the most frequent class.</figcaption></figure>
      </div>
      <p class="muted">${measured.trust}</p>
      ${on === "val" ? undefined : validation(branch)}
      ${comparison && html`
        <h3>Finetuned or frozen?</h3>
        <p>${difference(comparison, branch.total)}</p>
      `}
      ${probabilities(shown, branch)}
      ${abstaining(branch)}
    </section>
  `;
}

type Comparison = NonNullable<ReportFacts["comparison"]>;

function lead(comparison: Comparison | undefined): string {
  if (!comparison) return "The only branch that was trained, ";
  return comparison.better === "equal" ? "Both branches are equally good. " : "The better branch, ";
}

/** The figure that choices went by, where another one is told first. */
function validation({ accuracy, correct, total }: BranchFacts): Html {
  return html`
    <p class="muted">Of the ${counted(
      total,
      "photo",
    )} kept aside, by which choices were made, it was
      right on ${correct} (validation accuracy ${percent(accuracy)}).</p>
  `;
}

function probabilities(shown: Branch, { calibration: { temperature, ece } }: BranchFacts): Html {
  const scaled = temperature === 1
    ? html`No temperature made them better on photos that it was not fitted on, so they stay as
      they are.`
    : html`Divided by a temperature of ${temperature.toFixed(2)}, as everywhere on this page and in
      <code>predict</code>, they are off by ${percent(ece.after)}.`;
  return html`
    <h3>Can its probabilities be taken at their word?</h3>
    <p>When ${shown} says 90%, is it right 90 times of 100? Its raw probabilities are off by
        ${percent(ece.before)} on average. ${scaled}</p>
  `;
}

/** Shares of right answers that people ask for. */
const TARGETS = [0.9, 0.95, 0.99];

/** What it costs to be right more often; nothing of evaluations that did not look at it. */
function abstaining({ abstention, total }: BranchFacts): Html | undefined {
  if (abstention === undefined) return undefined;
  const title = html`<h3>When should it rather say nothing?</h3>`;
  if (abstention === null) {
    return html`${title}<p>The ${
      counted(total, "photo")
    } kept aside are too few to tell: from 100 on,
      the page says how many photos it must leave unanswered to be right 95% of the time.</p>`;
  }
  const chosen = TARGETS.map((target) => ({ target, at: thresholdFor(abstention, target) }));
  const [, { at }] = chosen;
  const sentence = at === undefined
    ? html`No threshold makes it right 95% of the time.`
    : at.probability === 0
    ? html`It is right 95% of the time without leaving a photo unanswered.`
    : html`To be right 95% of the time it must abstain on <strong>${
      percent(1 - at.answered / at.total)
    }</strong> of photos: those for which its probability is below ${percent(at.probability)}.`;
  return html`
    ${title}<p>${sentence} <code>predict --abstain 0.95</code> says “not sure” then.</p>${wideTable(
      "What it costs to be right more often",
      html`
        <thead>
          <tr>
            <th scope="col">to be right</th>
            <th scope="col">answers from</th>
            <th scope="col">abstains on</th>
            <th scope="col">is then right on</th>
          </tr>
        </thead>
        <tbody>${chosen.map(({ target, at }) =>
          html`<tr><th scope="row">${percent(target, 0)}</th>${
            at === undefined
              ? html`
                <td>–</td>
                <td>–</td>
                <td>no threshold gets there</td>
              `
              : html`
                <td>${at.probability === 0 ? "always" : percent(at.probability)}</td>
                <td>${withheldInWords(at)}</td>
                <td>${answeredInWords(at)}</td>
              `
          }</tr>`
        )}</tbody>
      `,
    )}<p
      class="muted">${abstention.test
        ? "The thresholds were chosen on the validation photos; what they come to is told by the test."
        : "The thresholds were chosen on these same photos, so new ones may be right a little less often."}</p>
  `;
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
  const counts =
    html`Of ${photos} kept aside, the branches differ on ${disagree}: finetune alone was
    right on ${finetune}, frozen alone on ${frozen}.`;
  const chance = html`If both were equally good, a split as uneven as that would come up in
    <strong>${percent(p_value)}</strong> of such comparisons (McNemar’s exact test)`;
  if (better === "equal") return html`${counts} That is a tie.`;
  return p_value < 0.05
    ? html`${counts} ${chance}, so <strong>${better} is better</strong> by more than luck.`
    : html`${counts} ${chance}, so this <strong>does not show</strong> that ${better} is better:
      take whichever is cheaper, or decide with more photos.`;
}

/** Of branches that were measured by the same photos. */
function intervals(
  branches: ReportFacts["branches"],
  on: MeasuredOn,
  guess: number,
): Html {
  const rows = branchesIn(branches).flatMap((name) => {
    const branch = branches[name]!;
    const measured: Accuracy | undefined = on === "val" ? branch : branch[on];
    return measured ? [{ name, ...measured }] : [];
  });
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
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
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
function guessing(
  perClass: Readonly<Record<string, { total: number }>>,
): { label: string; share: number } {
  const entries = Object.entries(perClass);
  const sum = entries.reduce((sum, [, { total }]) => sum + total, 0);
  const [label, { total }] = entries.reduce((best, entry) =>
    entry[1].total > best[1].total ? entry : best
  );
  return { label, share: sum === 0 ? 0 : total / sum };
}
