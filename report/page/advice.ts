import { describeAdvice } from "../describe_advice.ts";
import type { ReportFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";

/** What to do next; nothing of evaluations by versions that gave no advice. */
export function advice({ advice }: ReportFacts): Html | undefined {
  if (!advice) return undefined;
  const pieces = advice.map(describeAdvice);
  return html`
    <section id="next" aria-labelledby="next-title">
      <h2 id="next-title">What to do next</h2>
      <ol class="advice">${pieces.map(({ title, text }) =>
        html`<li><strong>${title}</strong><br>${text}</li>`
      )}</ol>
    </section>
  `;
}
