/** Parameters as validated by each step's schema. */
import type { StepDeclaration } from "./declaration.ts";
import { canonical, type Json } from "./digest.ts";
import { checkNames, type Pipeline } from "./graph.ts";
import { messageOf, PipelineError } from "./errors.ts";

/**
 * @param given by step
 * @returns validated parameters of each of `steps`
 * @throws {PipelineError} naming the step and the parameter
 */
export async function validateParameters(
  pipeline: Pipeline,
  steps: readonly StepDeclaration[],
  given: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, Json>> {
  checkNames(pipeline, Object.keys(given));
  const validated: Record<string, Json> = {};
  for (const step of steps) validated[step.name] = await validate(step, given[step.name] ?? {});
  return validated;
}

async function validate(step: StepDeclaration, value: unknown): Promise<Json> {
  const where = `parameters of step "${step.name}"`;
  const result = await step.parameters?.["~standard"].validate(value);
  if (result?.issues) {
    const problems = result.issues.map(({ path, message }) =>
      path?.length ? `${path.map(nameOfPart).join(".")}: ${message}` : message
    );
    throw new PipelineError(`${where}: ${problems.join("; ")}`);
  }
  if (!result && Object.keys(value as object).length > 0) {
    throw new PipelineError(`${where}: it takes none, got ${Object.keys(value as object)}`);
  }
  const parameters = result?.value ?? {};
  try {
    canonical(parameters, "they");
  } catch (error) {
    throw new PipelineError(`${where}: ${messageOf(error)}`);
  }
  // As the step will see them: through JSON.
  return JSON.parse(JSON.stringify(parameters));
}

const nameOfPart = (part: PropertyKey | { readonly key: PropertyKey }) =>
  String(typeof part === "object" ? part.key : part);
