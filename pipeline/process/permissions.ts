/** Exactly what a step declared, as `deno run` takes it. */
import type { Closure } from "../code.ts";
import type { Permissions, StepDeclaration } from "../declaration.ts";
import type { Json } from "../digest.ts";
import { PipelineError } from "../errors.ts";
import type { Request } from "./protocol.ts";

/**
 * Arguments of `deno run` before the module.
 *
 * @param hidden by input, files of it that the step may not read
 * @param readableInputs what the step reads of them, or a folder that holds nothing else
 * @throws {PipelineError} for a path that these cannot name
 */
export function denoArguments(
  step: StepDeclaration,
  { parameters, inputs, output, checkpoints, itemCaches = {}, helpers = {}, earlier = [] }: Request,
  { readable }: Closure,
  hidden: Readonly<Record<string, readonly string[]>>,
  readableInputs = readOf(step, inputs),
): string[] {
  const hiddenPaths = Object.entries(inputs).flatMap(([name, path]) =>
    (hidden[name] ?? []).map((file) => `${path}/${file}`)
  );
  const declared = step.permissions?.(parameters) ?? {};
  const preload = step.preload?.(parameters);
  const caches = Object.values(itemCaches).map(({ folder }) => folder);
  const sockets = Object.values(helpers).filter((address) => !isPort(address));
  const own = [output, ...checkpoints ? [checkpoints] : [], ...caches, ...sockets];
  const granted: Record<string, Permissions["read"]> = {
    ...declared,
    read: join(
      [...readableInputs, ...own, ...earlier, ...readable, ...externalsOf(step, parameters)],
      declared.read,
    ),
    write: join(own, declared.write),
    net: join(
      Object.values(helpers).map((address) => isPort(address) ? address : `unix:${address}`),
      declared.net,
    ),
    env: [
      ...step.environment?.(parameters) ?? [],
      ...step.passEnvironment?.(parameters) ?? [],
    ],
  };
  return [
    "--no-prompt",
    "--quiet",
    ...Object.entries(granted).flatMap(([kind, allowed]) => flag("allow", kind, allowed)),
    ...flag("deny", "read", hiddenPaths),
    ...preload ? [`--preload=${preload.href}`] : [],
    ...step.denoArguments?.(parameters) ?? [],
  ];
}

/** Of a helper, where there are no sockets that are files. */
const isPort = (address: string) => address.startsWith("127.0.0.1:");

/** The folders of inputs, or what of them the step reads. */
const readOf = ({ reads = {} }: StepDeclaration, inputs: Request["inputs"]): string[] =>
  Object.entries(inputs).flatMap(([name, path]) =>
    reads[name]?.map((file) => `${path}/${file}`) ?? [path]
  );

function flag(verb: string, kind: string, names: Permissions["read"] = []): string[] {
  if (names === true) return [`--${verb}-${kind}`];
  const unnameable = names.find((name) => name.includes(","));
  if (unnameable) {
    throw new PipelineError(`Deno takes no ${kind} permission with a comma: rename ${unnameable}`);
  }
  return names.length > 0 ? [`--${verb}-${kind}=${[...new Set(names)].join(",")}`] : [];
}

const externalsOf = (step: StepDeclaration, parameters: Json) => step.externals?.(parameters) ?? [];

const join = (own: string[], declared: Permissions["read"] = []) =>
  declared === true ? true as const : [...own, ...declared];
