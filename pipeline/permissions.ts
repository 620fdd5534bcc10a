/** Exactly what a step declared, as `deno run` takes it. */
import type { Closure } from "./closure.ts";
import type { Json, Permissions, StepDeclaration } from "./declaration.ts";
import type { Request } from "./protocol.ts";

/** Arguments of `deno run` before the module. */
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
    // A comma within a name is doubled.
    const names = [...new Set(allowed)].map((name) => name.replaceAll(",", ",,"));
    return names.length > 0 ? [`--allow-${kind}=${names.join(",")}`] : [];
  });
  return ["--no-prompt", "--quiet", ...flags, ...step.denoArguments?.(parameters) ?? []];
}

const externalsOf = (step: StepDeclaration, parameters: Json) => step.externals?.(parameters) ?? [];

const join = (own: string[], declared: Permissions["read"] = []) =>
  declared === true ? true as const : [...own, ...declared];
