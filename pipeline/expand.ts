/** One graph for one pipeline under many settings: steps that are equal under several are one. */
import { inputsOf, type StepDeclaration } from "./declaration.ts";
import { canonical, sha256 } from "./digest.ts";
import { PipelineError } from "./errors.ts";
import type { Pipeline } from "./graph.ts";

export interface Setting {
  /** What tells it from the others, by axis, in words: `{lr: "0.01", seed: "3"}`. */
  labels: Readonly<Record<string, string>>;
  /** Parameters by step, as `run` takes them. */
  parameters: Readonly<Record<string, unknown>>;
}

export interface Expansion {
  steps: StepDeclaration[];
  /** By the new steps' names. */
  parameters: Record<string, unknown>;
  /** For each setting, the name of each step's instance. */
  instances: Record<string, string>[];
}

/**
 * Makes an instance of each step for every setting that changes its parameters or what reaches it.
 * Nobody has to say which step depends on what: an instance is named by the axes that tell it from
 * its siblings (`train@lr=0.01,seed=3`), a step that no setting changes keeps its name. Instances
 * share results with the step that they are of, in one graph or another.
 *
 * @throws {PipelineError} for two settings with the same labels and other parameters
 */
export function expand(
  { steps }: Pick<Pipeline, "steps">,
  settings: readonly Setting[],
): Expansion {
  const expansion: Expansion = {
    steps: [],
    parameters: {},
    instances: settings.map(() => ({})),
  };
  const taken = new Set<string>();
  for (const step of steps) {
    for (const { labels, members } of instancesOf(step, settings, expansion.instances)) {
      const name = unusedName(step.name, labels, taken);
      const [first] = members;
      const inputs = inputsUnder(step, expansion.instances[first]);
      const kind = step.kind ?? step.name;
      expansion.steps.push(
        name === step.name ? { ...step, inputs } : { ...step, name, kind, inputs },
      );
      const given = settings[first].parameters[step.name];
      if (given !== undefined) expansion.parameters[name] = given;
      for (const i of members) expansion.instances[i][step.name] = name;
    }
  }
  return expansion;
}

interface Instance {
  /** Of the axes that tell it from the others. */
  labels: Record<string, string>;
  /** Numbers of the settings that share it. */
  members: number[];
}

function instancesOf(
  step: StepDeclaration,
  settings: readonly Setting[],
  instances: readonly Record<string, string>[],
): Instance[] {
  const content = settings.map(({ parameters }, i) =>
    canonical([parameters[step.name] ?? {}, inputsUnder(step, instances[i])])
  );
  const labels = settings.map(({ labels }) => labels);
  const axes = tellingAxes(labels, content);
  if (!axes) throw new PipelineError(`step "${step.name}": two settings have the same labels`);
  const byContent = Map.groupBy(settings.keys(), (i) => content[i]);
  return [...byContent.values()].map((members) => ({
    labels: Object.fromEntries(axes.map((axis) => [axis, labels[members[0]][axis]])),
    members,
  }));
}

function inputsUnder(step: StepDeclaration, instances: Record<string, string>) {
  const inputs = Object.entries(inputsOf(step));
  return Object.fromEntries(inputs.map(([name, from]) => [name, instances[from]]));
}

/** As few axes as decide what a step is; undefined when not even all of them do. */
function tellingAxes(labels: readonly Setting["labels"][], content: readonly string[]) {
  let axes = [...new Set(labels.flatMap(Object.keys))];
  const decide = (axes: string[]) => {
    const contentOf = new Map<string, string>();
    return labels.every((label, i) => {
      const point = JSON.stringify(axes.map((axis) => label[axis]));
      if (!contentOf.has(point)) contentOf.set(point, content[i]);
      return contentOf.get(point) === content[i];
    });
  };
  if (!decide(axes)) return undefined;
  for (const axis of axes) {
    const others = axes.filter((other) => other !== axis);
    if (decide(others)) axes = others;
  }
  return axes;
}

const LONGEST_NAME = 100;

/** `step@axis=label,…` as far as a step's name may be so; otherwise an end that tells it apart. */
function unusedName(step: string, labels: Record<string, string>, taken: Set<string>): string {
  const point = Object.entries(labels).map(([axis, label]) => `${axis}=${label}`).join(",");
  const full = point ? `${step}@${point}` : step;
  let name = full.replace(/[^\p{L}\p{N}_.=,@+-]/gu, "-");
  if (name.length > LONGEST_NAME || taken.has(name)) {
    name = `${name.slice(0, LONGEST_NAME - 13)}+${sha256(full).slice(0, 12)}`;
  }
  taken.add(name);
  return name;
}
