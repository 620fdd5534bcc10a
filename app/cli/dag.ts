/** A pipeline drawn as a Mermaid flowchart, for a README or a pull request. */
import { formatSeconds } from "./event_lines.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import type { PlanEntry } from "../../pipeline/explain/plan.ts";

/**
 * @param plan what each step would do, shown under its name and as its colour, with the time that it
 *   took when it last ran
 */
export function mermaid({ steps }: Pipeline, plan: readonly PlanEntry[]): string {
  const entries = new Map(plan.map((entry) => [entry.step, entry]));
  // Mermaid's identifiers are letters and digits; a step's name is its label.
  const id = new Map(steps.map(({ name }, i) => [name, `s${i}`]));
  return [
    "flowchart LR",
    ...steps.map(({ name }) => {
      const { status = "blocked", seconds } = entries.get(name) ?? {};
      const label = name.replaceAll('"', "#quot;");
      const about = status === "cached" ? "" : "about ";
      const time = seconds === undefined ? "" : `, ${about}${formatSeconds(seconds)}`;
      return `  ${id.get(name)}["${label}<br><i>${
        status.replace("_", " ")
      }${time}</i>"]:::${status}`;
    }),
    ...steps.flatMap((step) =>
      Object.values(inputsOf(step)).map((input) => `  ${id.get(input)} --> ${id.get(step.name)}`)
    ),
    "  classDef cached fill:#e3f3ec,stroke:#047857",
    "  classDef would_run fill:#e0effa,stroke:#0369a1",
    "  classDef blocked fill:#f9e7df,stroke:#c2410c",
  ].join("\n");
}
