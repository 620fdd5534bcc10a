import type { Application } from "./application.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "./flags.ts";

/**
 * The steps named on the command line; undefined, for all of them, where none is.
 *
 * @throws {UsageError} when a name is no step's
 */
export function checkSteps({ pipeline }: Application, names: string[]): string[] | undefined {
  const known = pipeline.steps.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const advice = near ? `did you mean ${near}?` : `choose from ${known.join(", ")}`;
    throw new UsageError(`there is no step "${name}": ${advice}`);
  }
  return names.length > 0 ? names : undefined;
}
