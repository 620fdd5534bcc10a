/** Keeps what a step declares as secret out of all that is kept and shown. */
import type { StepDeclaration } from "../declaration.ts";
import type { Json } from "../digest.ts";

/** A step's parameters as they may be kept: see `StepDeclaration.conceal`. */
export function shownParameters(step: StepDeclaration, parameters: Json): Json {
  if (!step.conceal) return parameters;
  return JSON.parse(JSON.stringify(step.conceal(parameters).parameters));
}

/** Hides a step's secrets in a line of text, or of JSON. */
export function concealing(step: StepDeclaration, parameters: Json): (line: string) => string {
  const secrets = step.conceal?.(parameters).secrets ?? [];
  const spelled = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (line) => spelled.reduce((line, secret) => line.replaceAll(secret, "…"), line);
}
