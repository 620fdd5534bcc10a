/** Exactly what a step declared, as `deno run` takes it. */
import type { Closure } from "./closure.ts";
import type { Json, Permissions, StepDeclaration } from "./declaration.ts";
import { PipelineError } from "./errors.ts";
import type { Request } from "./protocol.ts";

/**
 * Arguments of `deno run` before the module.
 *
 * @throws {PipelineError} for a path that these cannot name
 */
export function denoArguments(
  step: StepDeclaration,
  { parameters, inputs, output }: Request,
  { readable }: Closure,
): string[] {
  const declared = step.permissions?.(parameters) ?? {};
  const granted: Record<string, Permissions["read"]> = {
    ...declared,
    read: join(
      [...Object.values(inputs), output, ...readable, ...externalsOf(step, parameters)],
      declared.read,
    ),
    write: join([output], declared.write),
    env: [
      ...step.environment?.(parameters) ?? [],
      ...step.passEnvironment?.(parameters) ?? [],
    ],
  };
  const flags = Object.entries(granted).flatMap(([kind, allowed = []]) => {
    if (allowed === true) return [`--allow-${kind}`];
    const unnameable = allowed.find((name) => name.includes(","));
    if (unnameable) {
      throw new PipelineError(
        `Deno takes no ${kind} permission with a comma: rename ${unnameable}`,
      );
    }
    return allowed.length > 0 ? [`--allow-${kind}=${[...new Set(allowed)].join(",")}`] : [];
  });
  return ["--no-prompt", "--quiet", ...flags, ...step.denoArguments?.(parameters) ?? []];
}

const externalsOf = (step: StepDeclaration, parameters: Json) => step.externals?.(parameters) ?? [];

const join = (own: string[], declared: Permissions["read"] = []) =>
  declared === true ? true as const : [...own, ...declared];
