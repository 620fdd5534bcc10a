/** The pipeline that steps make: who needs whom, and in which order. */
import { inputsOf, kindOf, type StepDeclaration } from "./declaration.ts";
import { PipelineError } from "./errors.ts";

/** A checked graph: `steps` in the order in which they can run, inputs first. */
export interface Pipeline {
  /** Tells it from others that keep their artifacts in the same store. */
  readonly name: string;
  readonly steps: readonly StepDeclaration[];
}

/**
 * Checks that names are unique, that inputs exist and that no step needs itself.
 *
 * @param name the first step's folder when left out
 * @throws {PipelineError} naming the step
 */
export function definePipeline(
  steps: readonly StepDeclaration[],
  name: string = steps.length > 0 ? new URL(".", steps[0].module).href : "empty",
): Pipeline {
  const byName = new Map<string, StepDeclaration>();
  for (const step of steps) {
    checkName(step.name, "step");
    checkName(kindOf(step), "kind");
    for (const name of Object.keys(step.itemCache ?? {})) checkName(name, "cache of items");
    if (byName.has(step.name)) throw new PipelineError(`two steps are named "${step.name}"`);
    if (step.module.protocol !== "file:") {
      throw new PipelineError(`step "${step.name}": its module must be a file, not ${step.module}`);
    }
    const unknown = Object.keys(step.reads ?? {}).find((name) =>
      !Object.hasOwn(inputsOf(step), name)
    );
    if (unknown !== undefined) {
      throw new PipelineError(`step "${step.name}" reads of "${unknown}", which is no input of it`);
    }
    byName.set(step.name, step);
  }
  return { name, steps: sortByInputs(steps, byName) };
}

/**
 * @param name becomes a file's
 * @param what has it
 * @throws {PipelineError} for one that not every file system takes
 */
export function checkName(name: string, what: string): void {
  if (DEVICE.test(name)) {
    throw new PipelineError(`${what} "${name}": Windows has a device of that name: choose another`);
  }
  if (/^[\p{L}\p{N}][\p{L}\p{N}_.=,@+-]{0,99}$/u.test(name)) return;
  throw new PipelineError(
    `${what} "${name}": a name begins with a letter or digit and holds at most 100 of letters, ` +
      `digits and _ . - = , @ +`,
  );
}

/** Names become those of files, in stores that several systems may share. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const upstream = (step: StepDeclaration) => Object.values(inputsOf(step));

/** Depth first, without recursion: chains of thousands of steps are fine. */
function sortByInputs(
  steps: readonly StepDeclaration[],
  byName: ReadonlyMap<string, StepDeclaration>,
): StepDeclaration[] {
  const sorted = new Set<StepDeclaration>();
  for (const first of steps) {
    const path = [{ step: first, inputs: upstream(first).values() }];
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
      path.push({ step: input, inputs: upstream(input).values() });
    }
  }
  return [...sorted];
}

/** The named steps and all that they need, in running order; all steps when none is named. */
export function selectSteps(
  { steps }: Pick<Pipeline, "steps">,
  targets: readonly string[] = [],
): readonly StepDeclaration[] {
  if (targets.length === 0) return steps;
  const wanted = new Set(targets);
  checkNames({ steps }, targets);
  for (const step of steps.toReversed()) {
    if (wanted.has(step.name)) { for (const input of upstream(step)) wanted.add(input); }
  }
  return steps.filter(({ name }) => wanted.has(name));
}

/**
 * The steps without which the targets cannot be made: those that no other step can do without. Where
 * none is named, the targets are the steps that no other needs.
 */
export function essentialSteps(
  steps: readonly StepDeclaration[],
  targets: readonly string[] = [],
): ReadonlySet<string> {
  const needed = new Set(steps.flatMap(upstream));
  const ends = targets.length > 0
    ? targets
    : steps.map(({ name }) => name).filter((name) => !needed.has(name));
  const essential = new Set(ends);
  for (const step of steps.toReversed()) {
    if (!essential.has(step.name)) continue;
    for (const [name, from] of Object.entries(inputsOf(step))) {
      if (!step.optional?.includes(name)) essential.add(from);
    }
  }
  return essential;
}

/** @throws {PipelineError} when one of `names` is no step's */
export function checkNames(pipeline: Pick<Pipeline, "steps">, names: Iterable<string>): void {
  const known = new Set(pipeline.steps.map(({ name }) => name));
  for (const name of names) if (!known.has(name)) stepNamed(pipeline, name);
}

/** @throws {PipelineError} listing the steps there are */
export function stepNamed({ steps }: Pick<Pipeline, "steps">, name: string): StepDeclaration {
  const step = steps.find((step) => step.name === name);
  if (step) return step;
  throw new PipelineError(
    `no step is named "${name}": there are ${steps.map(({ name }) => name).join(", ")}`,
  );
}
