import { drawEvaluation } from "./evaluation.ts";
import type { ReportFacts } from "../facts.ts";
import { renderPage } from "./page.ts";
import type { ReportedRun } from "./run.ts";

/** Draws the report of an evaluation, and of a run that has it. */
export async function renderReport(facts: ReportFacts, run?: ReportedRun): Promise<string> {
  return renderPage(await drawEvaluation(facts), run);
}
