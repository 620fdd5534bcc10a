/** What the command line asks for: a pipeline with its parameters, or a sweep over several. */
import type { Setting } from "../../pipeline/expand.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { Application, CommandContext } from "./application.ts";
import type { Axis, Flags } from "./flags.ts";
import { checkSteps } from "./steps.ts";

export interface Wanted {
  pipeline: Pipeline;
  /** By step. */
  parameters: Record<string, unknown>;
  /** Steps named by the user; every step where none is. */
  targets?: string[];
  /** What was decided, for people. */
  notes: string[];
  /** What a run of it came to, for people. */
  conclude(record: RunRecord): Promise<string | undefined>;
}

/** @throws {UsageError} for a value that no setting may have, or a name that is no step's */
export async function configure(app: Application, context: CommandContext): Promise<Wanted> {
  const { flags, operands, folder, store } = context;
  // A wrong name is told before anything is looked for.
  const targets = checkSteps(app.pipeline, operands.map((name) => name.split("@")[0]));
  if (flags.axes.length === 0) {
    return {
      pipeline: app.pipeline,
      targets,
      ...await app.configure(flags, folder, store),
      conclude: async (record) => await app.conclude?.(record, store),
    };
  }
  const settings: Setting[] = [];
  let notes: string[] = [];
  for (const labels of pointsOf(flags.axes)) {
    const point: Flags = { ...flags, ...labels };
    const { parameters, notes: [...said] } = await app.configure(point, folder, store);
    if (settings.length === 0) notes = said;
    notes = notes.filter((note) => said.includes(note));
    settings.push({ labels, parameters });
  }
  const swept = app.sweep(settings);
  const what = flags.axes.map(({ name, values }) => `${values.length} × ${name}`).join(", ");
  return {
    ...swept,
    targets: checkSteps(swept.pipeline, operands),
    conclude: async (record) => {
      await app.conclude?.(record, store);
      return swept.conclude(record);
    },
    notes: [...notes, `a sweep over ${what}: ${swept.pipeline.steps.length} steps`],
  };
}

/** Every combination, the last axis changing fastest. */
function pointsOf(axes: readonly Axis[]): Record<string, string>[] {
  return axes.reduce<Record<string, string>[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}
