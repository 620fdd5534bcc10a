/** What a user writes down about a step, and the pipeline that steps make. */
import { PipelineError } from "./errors.ts";

/** What survives a round trip through JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Any validation library that speaks Standard Schema (standardschema.dev): valibot, zod, arktype. */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
    }[];
  };

/**
 * Deno permissions beyond what every step has (to read its inputs and its own code, to write its
 * output folder): lists as `--allow-read=…` takes them, or `true` for all of a kind.
 */
export interface Permissions {
  read?: readonly string[] | true;
  write?: readonly string[] | true;
  net?: readonly string[] | true;
  run?: readonly string[] | true;
  ffi?: readonly string[] | true;
  sys?: readonly string[] | true;
}

/** What of the machine a step occupies while it runs. */
export interface Resources {
  /** Cores; 1 when not said. */
  cpu?: number;
  gpu?: number;
}

/** A step: a pure function from (its code, its parameters, its inputs' contents) to a folder. */
// Members that take P are methods, not function properties, so that steps with different
// parameters fit into one array.
export interface StepDeclaration<P = unknown> {
  /** Letters, digits and `_ . - = , @ +`: it becomes a folder's name. */
  readonly name: string;
  /** The entry file, run as its own `deno run`; it ends in `await runStep(…)`. */
  readonly module: URL;
  /** Validates the parameters and fills in defaults; without it the step takes none. */
  readonly parameters?: StandardSchema<P>;
  /** Parameters that change no result (a thread count): the step gets them, the key does not. */
  readonly notInKey?: readonly string[];
  /** Upstream steps; the step sees their artifact folders. */
  readonly inputs: readonly string[];
  /** Files and folders that must be in the artifact. */
  readonly outputs: readonly string[];
  /** A user's own files and folders that the step reads: content enters the key, reading is allowed. */
  externals?(p: P): readonly string[];
  permissions?(p: P): Permissions;
  /** Environment variables that the step may read and whose values enter the key. */
  environment?(p: P): readonly string[];
  /**
   * Environment variables that the step may read and that stay out of the key, because no result
   * depends on them: a mirror of files pinned by hash, a proxy.
   */
  passEnvironment?(p: P): readonly string[];
  /** For steps that compute: the class of device, where results differ between devices. */
  device?(p: P): string;
  readonly resources?: Resources;
  /** Further arguments of `deno run`, such as `--v8-flags=…`; they enter the key. */
  denoArguments?(p: P): readonly string[];
}

/** A checked graph: `steps` in the order in which they can run, inputs first. */
export interface Pipeline {
  readonly steps: readonly StepDeclaration[];
}

/** Lets TypeScript infer the parameters' type from their schema. */
export function defineStep<P>(step: StepDeclaration<P>): StepDeclaration<P> {
  return step;
}

/**
 * Checks that names are unique, that inputs exist and that no step needs itself.
 *
 * @throws {PipelineError} naming the step
 */
export function definePipeline(steps: readonly StepDeclaration[]): Pipeline {
  const byName = new Map<string, StepDeclaration>();
  for (const step of steps) {
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_.=,@+-]{0,99}$/u.test(step.name)) {
      throw new PipelineError(
        `step "${step.name}": a name begins with a letter or digit and holds at most 100 of ` +
          `letters, digits and _ . - = , @ +`,
      );
    }
    if (byName.has(step.name)) throw new PipelineError(`two steps are named "${step.name}"`);
    if (step.module.protocol !== "file:") {
      throw new PipelineError(`step "${step.name}": its module must be a file, not ${step.module}`);
    }
    byName.set(step.name, step);
  }
  return { steps: sortByInputs(steps, byName) };
}

/** Depth first, without recursion: chains of thousands of steps are fine. */
function sortByInputs(
  steps: readonly StepDeclaration[],
  byName: ReadonlyMap<string, StepDeclaration>,
): StepDeclaration[] {
  const sorted = new Set<StepDeclaration>();
  for (const first of steps) {
    const path = [{ step: first, inputs: first.inputs.values() }];
    const onPath = new Set([first]);
    while (path.length > 0) {
      const { step, inputs } = path.at(-1)!;
      const next = sorted.has(step) ? undefined : inputs.next().value;
      if (next === undefined) {
        sorted.add(step);
        onPath.delete(step);
        path.pop();
        continue;
      }
      const input = byName.get(next);
      if (!input) {
        throw new PipelineError(`step "${step.name}" has the input "${next}", which is no step`);
      }
      if (onPath.has(input)) {
        const names = path.map(({ step }) => step.name);
        const circle = [...names.slice(names.indexOf(input.name)), input.name];
        throw new PipelineError(`steps need one another in a circle: ${circle.join(" ← ")}`);
      }
      onPath.add(input);
      path.push({ step: input, inputs: input.inputs.values() });
    }
  }
  return [...sorted];
}

/** The named steps and all that they need, in running order; all steps when none is named. */
export function selectSteps(
  { steps }: Pipeline,
  targets: readonly string[] = [],
): readonly StepDeclaration[] {
  if (targets.length === 0) return steps;
  const wanted = new Set(targets);
  for (const target of targets) stepNamed({ steps }, target);
  for (const step of steps.toReversed()) {
    if (wanted.has(step.name)) { for (const input of step.inputs) wanted.add(input); }
  }
  return steps.filter(({ name }) => wanted.has(name));
}

/** @throws {PipelineError} listing the steps there are */
export function stepNamed({ steps }: Pipeline, name: string): StepDeclaration {
  const step = steps.find((step) => step.name === name);
  if (step) return step;
  throw new PipelineError(
    `no step is named "${name}": there are ${steps.map(({ name }) => name).join(", ")}`,
  );
}
