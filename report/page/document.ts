import { Html, html } from "./html.ts";
import { STYLESHEET } from "./stylesheet.ts";

/** Nothing is fetched and nothing runs, whatever a file or a class is called. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** What a page shows. */
export interface PageContent {
  title: string;
  subtitle: string;
  /** Links to its sections, by their ids. */
  links?: Readonly<Record<string, string>>;
  content: Html;
}

/** A whole page: one HTML file that holds all it shows. */
export function documentOf({ title, subtitle, links = {}, content }: PageContent): string {
  const entries = Object.entries(links);
  const nav = html`
    <nav aria-label="On this page">${entries.map(([id, name]) =>
      html`
        <a href="#${id}">${name}</a>
      `
    )}</nav>
  `;
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
          ${entries.length > 0 ? nav : undefined}
        </header>
        <main>
    ${content}
        </main>
        <footer
          class="muted">Made by graft. This file holds all that it shows: it can be mailed, kept and
      read without a network.</footer>
      </body>
    </html>
  `;
  return `<!doctype html>\n${page.source}`;
}
