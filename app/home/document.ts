import { Html, html } from "../../report/page/html.ts";

/** A page of the server: its style and its script are files beside it. */
export function documentOf(
  { title, content, watch }: {
    title: string;
    content: Html;
    /** Where the page asks for what changed. */
    watch?: string;
  },
): string {
  const page = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/style.css">
        <script type="module" src="/home.js"></script>
        ${watch && new Html('<noscript><meta http-equiv="refresh" content="5"></noscript>')}
      </head>
      <body data-watch="${watch ?? ""}">
    ${content}
      </body>
    </html>
  `;
  return `<!doctype html>\n${page.source}`;
}
