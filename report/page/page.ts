import { confusion } from "./confusion.ts";
import { curves } from "./curves.ts";
import type { ReportFacts } from "./facts.ts";
import { Html, html } from "./html.ts";
import { doubts, explained, mistakes } from "./photos.ts";
import { data, model } from "./provenance.ts";
import { result } from "./result.ts";
import { runPlace } from "./run.ts";
import { STYLESHEET } from "./stylesheet.ts";

/** Nothing is fetched and nothing runs, whatever a file or a class is called. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** Draws the report: one HTML file that holds all it shows. `withRun` adds what ran. */
export async function renderReport(facts: ReportFacts): Promise<string> {
  const { classes, model: { architecture }, data: { counts } } = facts;
  const title = `${listed(classes)}: graft report`;
  const trained = Object.values(counts.train).reduce((sum, count) => sum + count, 0);
  const page = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <title>${title}</title>
        <style>${new Html(STYLESHEET)}</style>
      </head>
      <body>
        <header>
          <h1>${listed(classes)}</h1>
          <p class="muted">${architecture}, taught ${classes
            .length} classes with ${trained} photos</p>
          <nav aria-label="On this page"><a href="#result">How good</a> <a href="#classes">Classes</a>
        <a href="#mistakes">Mistakes</a> <a href="#doubts">Doubts</a> <a href="#looked">Where it looked</a>
        <a href="#training">Training</a> <a href="#data">Photos</a> <a href="#made">How made</a></nav>
        </header>
        <main>
    ${result(facts)}
    ${confusion(facts)}
    ${await mistakes(facts)}
    ${await doubts(facts)}
    ${await explained(facts)}
    <section id="training" aria-labelledby="training-title">
      <h2 id="training-title">How it learned</h2>
      ${curves(facts.branches)}
    </section>
    ${await data(facts)}
    ${model(facts)}
    ${runPlace}
        </main>
        <footer
          class="muted">Made by graft. This file holds all that it shows: it can be mailed, kept and
      read without a network.</footer>
      </body>
    </html>
  `;
  return `<!doctype html>\n${page.source}`;
}

/** "ants and bees"; of many classes the first ones. */
function listed(classes: readonly string[]): string {
  const [most, last] = [classes.slice(0, 3), classes.length - 3];
  if (last > 1) return `${most.join(", ")} and ${last} more`;
  return `${classes.slice(0, -1).join(", ")} and ${classes.at(-1)}`;
}
