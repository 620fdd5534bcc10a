import { kindOf } from "../../pipeline/declaration.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/**
 * The steps named on the command line, with every instance of those that a sweep has several of;
 * undefined, for all steps, where none is named.
 *
 * @throws {UsageError} when a name is no step's
 */
export function checkSteps({ steps }: Pipeline, names: readonly string[]): string[] | undefined {
  if (names.length === 0) return undefined;
  return names.flatMap((wanted) => {
    const found = steps.filter((step) => step.name === wanted || kindOf(step) === wanted);
    if (found.length > 0) return found.map(({ name }) => name);
    const known = [...new Set(steps.map(wanted.includes("@") ? ({ name }) => name : kindOf))];
    const near = nearest(wanted, known);
    const advice = near ? `did you mean ${near}?` : `choose from ${known.join(", ")}`;
    throw new UsageError(`there is no step "${wanted}": ${advice}`);
  });
}
