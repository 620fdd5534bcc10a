/** One run: how far it is, how training goes, and what its steps said. */
import { counted, percent } from "../../data/statistics/percent.ts";
import { curveCharts } from "../../report/page/curves.ts";
import { type Html, html } from "../../report/page/html.ts";
import { wideTable } from "../../report/page/wide_table.ts";
import { formatSeconds } from "../cli/event_lines.ts";
import { evaluationOf } from "../conclusion/run_report.ts";
import { runSummary } from "../run_summary.ts";
import { documentOf } from "./document.ts";
import type { Parts } from "./home_page.ts";
import type { RunState, StepState, WatchedRun } from "./run_state.ts";
import { stateInWords } from "./state_in_words.ts";

/** What is told of a run that ended otherwise than well. */
const ENDED: Partial<Record<RunState, string>> = {
  failed: "A step failed. What was finished before is kept: the same command goes on from there.",
  interrupted:
    "It was interrupted, by Ctrl-C or the like. What was finished is kept, and so is the " +
    "last whole epoch: the same command goes on from there.",
  killed:
    "Its process is gone without a word: it was killed, or the computer went down. What was " +
    "finished is kept, and so is the last whole epoch: the same command goes on from there.",
};

const STEP_WORDS: Record<StepState["status"], string> = {
  ran: "done",
  cached: "there already",
  failed: "failed",
  skipped: "left out",
  waiting: "waits",
  running: "at work",
  stopped: "was at work",
};

export function runParts(run: WatchedRun, now: number): Parts {
  return {
    said: html`${stateInWords(run.state)}: ${finished(run)}`,
    state: stateOf(run, now),
    curves: curvesOf(run),
    steps: stepTable(run),
    log: html`${logOf(run)}`,
  };
}

export function runPage(run: WatchedRun, parts: Parts, names: readonly string[]): string {
  const { record: { id, started }, state } = run;
  const title = names.length > 0 ? names.join(", ") : id.slice(0, 19);
  return documentOf({
    title: `Run ${title}: graft`,
    watch: state === "running" ? `/run/${id}/parts` : undefined,
    content: html`
      <header>
        <p><a href="/">All models</a></p>
        <h1>Run ${title}</h1>
        <p class="muted">begun ${new Date(started).toLocaleString("sv")}</p>
      </header>
      <main>
        <p id="said" class="unseen" role="status">${parts.said}</p>
        <div id="state">${parts.state}</div>
        <section aria-labelledby="curves-title">
          <h2 id="curves-title">How training goes</h2>
          <div id="curves">${parts.curves}</div>
        </section>
        <section aria-labelledby="steps-title">
          <h2 id="steps-title">Steps</h2>
          <div id="steps">${parts.steps}</div>
        </section>
        <section aria-labelledby="log-title">
          <h2 id="log-title">What the steps said</h2>
          <div class="log" role="log" aria-labelledby="log-title" aria-live="off" tabindex="0">
            <pre id="log">${parts.log}</pre>
          </div>
        </section>
      </main>
    `,
  });
}

/** Said aloud when it changes, which figures that change each second would drown. */
function finished({ steps }: WatchedRun): string {
  const done = steps.filter(({ status }) => status === "ran" || status === "cached").length;
  return `${done} of ${counted(steps.length, "step")} finished`;
}

function stateOf(run: WatchedRun, now: number): Html {
  const { record, state, steps } = run;
  const what = runSummary(record);
  const lasted = state === "running"
    ? `for ${formatSeconds((now - Date.parse(record.started)) / 1000)} now`
    : state === "killed"
    ? ""
    : `after ${formatSeconds(record.seconds)}`;
  return html`
    <p class="figure"><span class="state ${state}">${stateInWords(state)}</span></p>
    <p>${lasted}${lasted && "; "}${finished(run)}${what === undefined ? "" : `: ${what}`}</p>
    ${ENDED[state] && html`<p>${ENDED[state]}</p>`}
    ${steps.filter(({ error }) => error).map(({ step, error }) =>
      state === "running" || state === "done"
        ? html`<p class="muted">It goes on without ${step}: ${error}</p>`
        : html`<p class="error">${step} failed: ${error}</p>`
    )}
    ${steps.filter(({ status }) => status === "running").map(atWork)}
    ${evaluationOf(record) === undefined ? undefined : html`<p class="links">
      <a href="/report/${record.id}">Report</a> <a href="/try/${record.id}/">Try a photo</a></p>`}
  `;
}

/** A step that is at work, and how far it is. */
function atWork({ step, progress, seconds = 0 }: StepState): Html {
  if (!progress) {
    return html`<p class="step">${step} <span class="muted">for ${
      formatSeconds(seconds)
    } now</span></p>`;
  }
  const { done, total, unit, seconds_left: left } = progress;
  const far = total ? `${done} of ${total} ${unit}` : `${done} ${unit}`;
  const rest = typeof left === "number" ? `, ${formatSeconds(left)} left` : "";
  return html`
    <p class="step"><label>${step}
      <progress max="${total ?? 1}" ${total ? html`value="${done}"` : undefined}></progress></label>
      <span class="muted">${far}${rest}</span><br>
      <span>${momentOf(progress)}</span></p>
  `;
}

/** `epoch 2 of 5, training, batch 7 of 9: loss 0.3121, accuracy 93.1%` */
function momentOf(progress: NonNullable<StepState["progress"]>): string {
  const { epoch, epochs, phase, batch, batches, loss, accuracy, message = "" } = progress;
  if (typeof epoch !== "number" || typeof loss !== "number") return message;
  const doing = phase === "val" ? "measuring" : "training";
  return `epoch ${epoch + 1} of ${epochs}, ${doing}, batch ${batch} of ${batches}: loss ` +
    `${loss.toFixed(4)}, accuracy ${percent(Number(accuracy))}`;
}

const COLOURS = ["var(--finetune)", "var(--frozen)", "var(--right)", "var(--wrong)"];

function curvesOf({ trainings, state }: WatchedRun): Html {
  if (trainings.length === 0) {
    return state === "running"
      ? html`<p>Training has not begun: curves grow here as soon as it has.</p>`
      : html`<p>No epoch of a training is known of this run.</p>`;
  }
  const charts = curveCharts(
    trainings.slice(0, MOST_CURVES).map(({ step, curves }, i) => ({
      name: step,
      history: curves,
      colour: COLOURS[i % COLOURS.length],
    })),
  );
  return state !== "running"
    ? charts
    : html`${charts}<p class="muted">The last point of a line is of
    the epoch that is going on, as far as it has come.</p>`;
}

/** Of a sweep there may be many: more are no picture. */
const MOST_CURVES = 8;

function stepTable({ steps }: WatchedRun): Html {
  const rows = steps.map(({ step, status, seconds, reason = "" }) =>
    html`
      <tr>
        <th scope="row">${step}</th>
        <td><span class="state ${status}">${STEP_WORDS[status]}</span></td>
        <td>${seconds === undefined || status === "skipped" ? "–" : formatSeconds(seconds)}</td>
        <td>${reason}</td>
      </tr>
    `
  );
  return wideTable(
    "Steps",
    html`
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">how it stands</th>
          <th scope="col">took</th>
          <th scope="col">why</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    `,
  );
}

/** Of every step its last lines; those that are at work first, then the newest. */
const LINES = 40;

function logOf({ steps }: WatchedRun): string {
  const isAtWork = ({ status }: StepState) => status === "running" || status === "stopped";
  const newestFirst = steps.toReversed();
  const ordered = [...newestFirst.filter(isAtWork), ...newestFirst.filter((s) => !isAtWork(s))];
  const said = ordered.flatMap(({ step, log }) => {
    const lines = (log ?? "").trimEnd().split("\n").filter((line) => line !== "");
    return lines.length === 0 ? [] : [[`${step}:`, ...lines.slice(-LINES).map((l) => `  ${l}`)]];
  });
  return said.length > 0 ? said.map((lines) => lines.join("\n")).join("\n\n") : "Nothing yet.";
}
