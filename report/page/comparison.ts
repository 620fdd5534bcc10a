/** The page of two runs side by side: how good each is, how it learned, and where they differ. */
import type { RgbImage } from "../../data/image.ts";
import { failingClassesInWords } from "../../data/statistics/failing_classes.ts";
import { counted, percent, percentRange } from "../../data/statistics/percent.ts";
import type { LearningCurves } from "../../training/history.ts";
import type { BranchScore } from "../../training/score.ts";
import { matrix, MOST_CLASSES } from "./confusion.ts";
import { curveCharts } from "./curves.ts";
import { documentOf } from "./document.ts";
import { type Html, html } from "./html.ts";
import { picture } from "./photos.ts";

export interface ComparedRun {
  /** As `runs` calls it. */
  name: string;
  /** Its data, network and branch, in a line. */
  what: string;
  classes: readonly string[];
  /** On the val photos. */
  score: BranchScore;
  curves: LearningCurves;
}

interface Answer {
  label: string;
  probability: number;
}

/** A photo that one run's model was right about and the other's was not. */
export interface DifferingPhoto {
  path: string;
  /** Undefined where the store no longer has it. */
  image?: RgbImage;
  actual: string;
  /** Of the first run and of the second. */
  answers: [Answer, Answer];
}

export interface RunComparison {
  runs: [ComparedRun, ComparedRun];
  /** Parameters, code and figures that differ, as text in columns. */
  differences: string;
  /** Val photos that both were asked about. */
  shared: number;
  /** Of these, those that one alone was right about; `photos` are the first of them. */
  only: [{ count: number; photos: DifferingPhoto[] }, { count: number; photos: DifferingPhoto[] }];
  /** McNemar's exact two-sided p value. */
  pValue: number;
}

const COLOURS = ["var(--finetune)", "var(--frozen)"];

export async function renderComparison(comparison: RunComparison): Promise<string> {
  const { runs, only, differences } = comparison;
  const [first, second] = runs;
  return documentOf({
    title: "Two runs side by side",
    subtitle: `${first.name} and ${second.name}`,
    links: {
      result: "How good",
      training: "Training",
      classes: "Classes",
      photos: "Photos",
      made: "What differs",
    },
    content: html`
      <section id="result" aria-labelledby="result-title">
        <h2 id="result-title">How good they are</h2>
        <div class="hero">${runs.map(headline)}</div>
        <p>${verdict(comparison)}</p>
      </section>
      <section id="training" aria-labelledby="training-title">
        <h2 id="training-title">How they learned</h2>
        ${curveCharts(
          runs.map(({ name, curves }, i) => ({ name, history: curves, colour: COLOURS[i] })),
        )}
      </section>
      <section id="classes" aria-labelledby="classes-title">
        <h2 id="classes-title">Which classes they confuse</h2>
        ${runs.some(({ classes }) => classes.length > MOST_CLASSES)
          ? html`<p>There are too many classes for a matrix; the report of each run names its commonest
          mistakes.</p>`
          : html`<div class="charts">${
            runs.map(({ classes, name, score }) => matrix(classes, name, score))
          }</div>`}
      </section>
      <section id="photos" aria-labelledby="photos-title">
        <h2 id="photos-title">Photos on which they differ</h2>
        ${await onlyRight(first, second, only[0])}
        ${await onlyRight(second, first, only[1])}
      </section>
      <section id="made" aria-labelledby="made-title">
        <h2 id="made-title">What differs in how they were made</h2>
        <div class="wide" role="region" aria-label="What differs" tabindex="0">
          <pre>${differences}</pre>
        </div>
      </section>
    `,
  });
}

function headline({ name, what, score }: ComparedRun): Html {
  const failing = failingClassesInWords(score.per_class);
  return html`
    <div>
      <h3>${name}</h3>
      <p class="muted">${what}</p>
      <p class="big">${percent(score.accuracy)}</p>
      ${failing === "" ? undefined : html`
        <p class="but">but ${failing}</p>
      `}
      <p>right on <strong>${score.correct} of ${counted(score.total, "photo")}</strong> kept aside
        (${percentRange(score.interval)} with 95% confidence)</p>
    </div>
  `;
}

/** McNemar's test, without its name coming first. */
function verdict(
  { runs: [first, second], only: [left, right], shared, pValue }: RunComparison,
): Html {
  if (shared === 0) {
    return html`They were measured by different photos, so nothing tells which is better.`;
  }
  const counts = html`Of ${counted(shared, "photo")} that both were asked about, ${first.name} alone
    was right on ${left.count}, ${second.name} alone on ${right.count}.`;
  if (left.count === right.count) return html`${counts} That is a tie.`;
  const better = left.count > right.count ? first : second;
  const chance = html`If both were equally good, a split as uneven as that would come up in
    <strong>${percent(pValue)}</strong> of such comparisons (McNemar’s exact test)`;
  return pValue < 0.05
    ? html`${counts} ${chance}, so <strong>${better.name} is better</strong> by more than luck.`
    : html`${counts} ${chance}, so this <strong>does not show</strong> that ${better.name} is better.`;
}

async function onlyRight(
  right: ComparedRun,
  wrong: ComparedRun,
  { count, photos }: { count: number; photos: DifferingPhoto[] },
): Promise<Html> {
  const title = html`<h3>${right.name} is right, ${wrong.name} wrong: ${count}</h3>`;
  if (count === 0) return html`${title}<p>There is no such photo.</p>`;
  const tiles = photos.map(async (photo) =>
    html`<figure>${
      photo.image && await picture(photo.image, `${photo.path}, a photo of class ${photo.actual}`)
    }<figcaption>${
      photo.answers.map((answer) => said(answer, photo.actual))
    }<span class="path">${photo.path}</span></figcaption></figure>`
  );
  const more = count - photos.length;
  return html`${title}<div class="photos">${await Promise.all(tiles)}</div>${
    more > 0 ? html`<p class="muted">and ${more} more</p>` : undefined
  }`;
}

function said({ label, probability }: Answer, actual: string): Html {
  const isRight = label === actual;
  return html`<span class="${isRight ? "right" : "wrong"}">${isRight ? "✓" : "✗"} ${label} ${
    percent(probability)
  }</span><br>`;
}
