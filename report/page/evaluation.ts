/** What the page tells of an evaluation: slow to draw, and the same whatever run has it. */
import { advice } from "./advice.ts";
import { confusion } from "./confusion.ts";
import { curves } from "./curves.ts";
import type { ReportFacts } from "../facts.ts";
import { html } from "./html.ts";
import type { DrawnEvaluation } from "./page.ts";
import { doubts, explained, mistakes } from "./photos.ts";
import { data, model } from "./provenance.ts";
import { result } from "./result.ts";
import { counted } from "../../data/statistics/percent.ts";

export async function drawEvaluation(facts: ReportFacts): Promise<DrawnEvaluation> {
  const { classes, model: { architecture }, data: { counts } } = facts;
  const trained = Object.values(counts.train).reduce((sum, count) => sum + count, 0);
  const sections = html`
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
  `;
  return {
    title: listed(classes),
    subtitle: `${architecture}, taught ${counted(classes.length, "class", "classes")} with ${
      counted(trained, "photo")
    }`,
    sections: sections.source,
    ending: advice(facts)?.source ?? "",
  };
}

/** "ants and bees"; of many classes the first ones. */
function listed(classes: readonly string[]): string {
  const [most, last] = [classes.slice(0, 3), classes.length - 3];
  if (last > 1) return `${most.join(", ")} and ${last} more`;
  return `${classes.slice(0, -1).join(", ")} and ${classes.at(-1)}`;
}
