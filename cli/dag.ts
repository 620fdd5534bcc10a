/** A pipeline drawn as a Mermaid flowchart, for a README or a pull request. */
import { inputsOf, type Pipeline, type PlanEntry } from "../pipeline/mod.ts";

/** @param plan what each step would do, shown under its name and as its colour */
export function mermaid({ steps }: Pipeline, plan: readonly PlanEntry[]): string {
  const statuses = new Map(plan.map(({ step, status }) => [step, status]));
  // Mermaid's identifiers are letters and digits; a step's name is its label.
  const id = new Map(steps.map(({ name }, i) => [name, `s${i}`]));
  return [
    "flowchart LR",
    ...steps.map(({ name }) => {
      const status = statuses.get(name) ?? "blocked";
      const label = name.replaceAll('"', "#quot;");
      return `  ${id.get(name)}["${label}<br><i>${status.replace("_", " ")}</i>"]:::${status}`;
    }),
    ...steps.flatMap((step) =>
      Object.values(inputsOf(step)).map((input) => `  ${id.get(input)} --> ${id.get(step.name)}`)
    ),
    "  classDef cached fill:#e3f3ec,stroke:#047857",
    "  classDef would_run fill:#e0effa,stroke:#0369a1",
    "  classDef blocked fill:#f9e7df,stroke:#c2410c",
  ].join("\n");
}
