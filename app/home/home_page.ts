/** All models and runs of a store. */
import { formatSeconds } from "../cli/event_lines.ts";
import { timeAgo } from "../trained/model_origin.ts";
import { type Html, html } from "../../report/page/html.ts";
import { wideTable } from "../../report/page/wide_table.ts";
import { documentOf } from "./document.ts";
import type { Listed, ListedModel, ListedRun } from "./models.ts";
import { stateInWords } from "./state_in_words.ts";

/** What a page has that changes while it is looked at, by the ids of its places. */
export type Parts = Record<string, Html>;

export function homeParts({ models, runs, older }: Listed, now: number): Parts {
  const running = runs.filter(({ state }) => state === "running");
  return {
    now: html`${running.map((run) => goingOn(run, now))}`,
    models: models.length > 0 ? modelList(models, now) : nothingYet(running.length > 0),
    runs: runs.length > 0 ? runList(runs, older, now) : html`<p>There are none yet.</p>`,
  };
}

/** @param store where all of it lies */
export function homePage(store: string, parts: Parts): string {
  return documentOf({
    title: "Your models: graft",
    watch: "/parts",
    content: html`
      <header>
        <h1>Your models</h1>
        <p class="muted path">${store}</p>
        <nav aria-label="On this page">
          <a href="#models-title">Models</a>
          <a href="#runs-title">Runs</a>
          <a href="#more-title">More</a>
        </nav>
      </header>
      <main>
        <div id="now">${parts.now}</div>
        <section aria-labelledby="models-title">
          <h2 id="models-title">Models</h2>
          <form action="/compare" method="get" id="models">${parts.models}</form>
        </section>
        <section aria-labelledby="runs-title">
          <h2 id="runs-title">Runs</h2>
          <div id="runs">${parts.runs}</div>
        </section>
        <section aria-labelledby="more-title">
          <h2 id="more-title">More</h2>
          <ul>
            <li>Teach another model: <code>deno task start</code></li>
            <li>Label many photos: <code>deno task predict FOLDER</code></li>
            <li>What is wrong with photos: <code>deno task inspect FOLDER</code></li>
            <li>Mend labels in a page, the worst first: <code>deno task review FOLDER</code></li>
            <li>Take a model elsewhere: <code>deno task export</code></li>
          </ul>
        </section>
      </main>
      <footer class="muted">This page is served to this computer alone, and shows what lies in the
        folder above. Photos that you try stay in this browser.</footer>
    `,
  });
}

function goingOn({ run, what, name }: ListedRun, now: number): Html {
  return html`
    <p class="now"><a href="/run/${run.id}">Watch the run that is going on</a>
      <span class="muted">${what ?? name}, begun ${timeAgo(Date.parse(run.started), now)}</span></p>
  `;
}

function nothingYet(isRunning: boolean): Html {
  if (isRunning) return html`<p>There is none yet: the run that is going on makes one.</p>`;
  return html`
    <p>There is none yet. <code>deno task start</code> in a terminal asks for a folder of photos,
      teaches one, and shows up here.</p>
  `;
}

function modelList(models: readonly ListedModel[], now: number): Html {
  return html`
    <div class="models">${models.map((model) => card(model, now))}</div>
    ${models.length < 2 ? undefined : html`<p><button>Compare the two that are ticked</button></p>`}
  `;
}

function card({ run, name, names, what, isCurrent, scored, trouble }: ListedModel, now: number) {
  const title = names.length > 0 ? names.join(", ") : what || name;
  return html`
    <article aria-labelledby="model-${run.id}">
      <h3 id="model-${run.id}">${title}</h3>
      ${scored && photos(run.id, scored)}
      ${scored
        ? html`<p class="figure">${scored.accuracy}</p>
        ${scored.failing === "" ? undefined : html`<p class="but">but ${scored.failing}</p>`}
        <p>${scored.inWords}</p>
        <p class="muted">${scored.classes}</p>`
        : html`<p class="error">Its evaluation cannot be read: ${trouble}</p>`}
      <p class="muted">${what}, ${timeAgo(Date.parse(run.started), now)}${isCurrent
        ? html`; <strong>the one that predict asks</strong>`
        : undefined}</p>
      <p class="links">
        ${scored && html`
          <a href="/report/${run.id}">Report</a>
          <a href="/try/${run.id}/">Try a photo</a>
        `}
        <a href="/run/${run.id}">How it was made</a>
      </p>
      <p class="muted">In a terminal: <code>deno task predict PHOTO --run ${names[0] ??
        name}</code></p>
      <label><input type="checkbox" name="run" value="${run.id}"> compare
        <span class="unseen">${title}</span></label>
    </article>
  `;
}

function photos(run: string, { photos }: NonNullable<ListedModel["scored"]>): Html | undefined {
  if (photos.length === 0) return undefined;
  return html`
    <div class="thumbs">${photos.map(({ image, actual, predicted }) =>
      html`
        <img src="/photo/${run}/${image.replace("shown/", "")}" width="96" height="96"
          loading="lazy" alt="a photo of ${actual}, taken for ${predicted}">
      `
    )}</div>
  `;
}

function runList(runs: readonly ListedRun[], older: number, now: number): Html {
  const rows = runs.map(({ run, name, names, what, state }) =>
    html`
      <tr>
        <th scope="row"><a href="/run/${run.id}">${name}</a>${names.length > 0
          ? html`
            <span class="muted">${names.join(", ")}</span>
          `
          : undefined}</th>
        <td><span class="state ${state}">${stateInWords(state)}</span></td>
        <td>${state === "running" || state === "killed" ? "–" : formatSeconds(run.seconds)}</td>
        <td>${timeAgo(Date.parse(run.started), now)}</td>
        <td>${what ?? `of ${run.targets.join(", ") || "the whole pipeline"}`}</td>
      </tr>
    `
  );
  return html`
    ${wideTable(
      "Runs, the newest first",
      html`
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">how it stands</th>
            <th scope="col">took</th>
            <th scope="col">begun</th>
            <th scope="col">what</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      `,
    )}
    ${older > 0
      ? html`<p class="muted">and ${older} older, which deno task runs lists</p>`
      : undefined}
  `;
}
