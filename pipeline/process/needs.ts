/** What a step needs of the place where it runs, as it is declared. */
import type { StepDeclaration } from "../declaration.ts";
import type { Json } from "../digest.ts";
import type { Needs } from "../executor.ts";
import { usesNetwork } from "./attempts.ts";

export function needsOf(step: StepDeclaration, parameters: Json): Needs {
  const timeLimit = step.timeLimit?.(parameters);
  return {
    resources: step.resources?.(parameters) ?? {},
    ...timeLimit !== undefined && { timeLimit },
    here: usesNetwork(step, parameters) || step.conceal !== undefined,
  };
}
