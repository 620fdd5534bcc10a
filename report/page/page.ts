import { Html, html } from "./html.ts";
import { type ReportedRun, runSection } from "./run.ts";
import { STYLESHEET } from "./stylesheet.ts";

/** Nothing is fetched and nothing runs, whatever a file or a class is called. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** What `drawEvaluation` draws. */
export interface DrawnEvaluation {
  title: string;
  subtitle: string;
  /** HTML. */
  sections: string;
  /** HTML of what the page ends in: what to do next; "" where nothing is advised. */
  ending: string;
}

/** The page of an evaluation and of a run that has it: one HTML file that holds all it shows. */
export function renderPage(
  { title, subtitle, sections, ending }: DrawnEvaluation,
  run?: ReportedRun,
): string {
  const page = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <title>${title}: graft report</title>
        <style>${new Html(STYLESHEET)}</style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="muted">${subtitle}</p>
          <nav aria-label="On this page"><a href="#result">How good</a> <a href="#classes">Classes</a>
        <a href="#mistakes">Mistakes</a> <a href="#doubts">Doubts</a> <a href="#looked">Where it looked</a>
        <a href="#training">Training</a> <a href="#data">Photos</a> <a href="#made">How made</a>${ending ===
            ""
          ? undefined
          : html`
            <a href="#next">What next</a>
          `}</nav>
        </header>
        <main>
    ${new Html(sections)}
    ${run && runSection(run)}
    ${new Html(ending)}
        </main>
        <footer
          class="muted">Made by graft. This file holds all that it shows: it can be mailed, kept and
      read without a network.</footer>
      </body>
    </html>
  `;
  return `<!doctype html>\n${page.source}`;
}
