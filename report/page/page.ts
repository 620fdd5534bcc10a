import { documentOf } from "./document.ts";
import { Html, html } from "./html.ts";
import { type ReportedRun, runSection } from "./run.ts";

/** What `drawEvaluation` draws. */
export interface DrawnEvaluation {
  title: string;
  subtitle: string;
  /** HTML. */
  sections: string;
  /** HTML of what the page ends in: what to do next; "" where nothing is advised. */
  ending: string;
}

const LINKS = {
  result: "How good",
  classes: "Classes",
  mistakes: "Mistakes",
  doubts: "Doubts",
  looked: "Where it looked",
  training: "Training",
  data: "Photos",
  made: "How made",
};

/** The page of an evaluation and of a run that has it: one HTML file that holds all it shows. */
export function renderPage(
  { title, subtitle, sections, ending }: DrawnEvaluation,
  run?: ReportedRun,
): string {
  return documentOf({
    title,
    subtitle,
    links: { ...LINKS, ...(ending !== "" && { next: "What next" }) },
    content: html`${new Html(sections)}
    ${run && runSection(run)}
    ${new Html(ending)}`,
  });
}
