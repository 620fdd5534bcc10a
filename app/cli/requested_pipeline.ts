/** What the command line asks for: a pipeline with its parameters, or a sweep over several. */
import { resolve } from "node:path";
import type { Setting } from "../../pipeline/expand.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { isAddress } from "../../pipeline/store/remote/address.ts";
import type { Program } from "./application.ts";
import type { Axis, CommandContext } from "./command.ts";
import { UsageError } from "./errors.ts";
import { checkForSteps } from "./paths.ts";
import { checkSteps } from "./steps.ts";

export interface RequestedPipeline {
  pipeline: Pipeline;
  /** By step. */
  parameters: Record<string, unknown>;
  /** Steps named by the user; every step where none is. */
  targets?: string[];
  /** What was decided, for people. */
  notes: string[];
  /** What a run of it found, for people. */
  conclude(record: RunRecord): ReturnType<NonNullable<Program["conclude"]>>;
}

type Request = Pick<CommandContext<unknown>, "flags" | "axes" | "folder" | "store">;

/**
 * @param names of steps
 * @throws {UsageError} for a value that no setting may have, or a name that is no step's
 */
export async function requestedPipeline(
  program: Program,
  request: Request,
  names: readonly string[] = [],
): Promise<RequestedPipeline> {
  const { folder, store } = request;
  const { flags, axes } = withLists(program, request);
  const { "store-from": further = [] } = flags as { "store-from"?: readonly string[] };
  checkForSteps("--store", store);
  for (const path of further.filter((place) => !isAddress(place))) {
    checkForSteps("--store-from", resolve(folder, path));
  }
  const pipeline = await program.pipeline(flags);
  // A wrong name is told before anything is looked for.
  const targets = checkSteps(pipeline, names.map(kindNamed));
  if (axes.length === 0) {
    return {
      pipeline,
      targets,
      ...await program.settings.resolve(flags, folder, store),
      conclude: (record) => program.conclude?.(record, store),
    };
  }
  const settings: Setting[] = [];
  let graph: Pipeline | undefined;
  let notes: string[] = [];
  for (const point of pointsOf(axes)) {
    const values = Object.fromEntries(point.map(({ name, value }) => [name, value]));
    const pointFlags = { ...flags, ...values };
    const ofPoint = await program.pipeline(pointFlags);
    graph ??= ofPoint;
    if (namesOf(ofPoint) !== namesOf(graph)) {
      throw new UsageError(
        "the settings of this sweep have other steps one than the other, which is no table: run " +
          "them one after the other, and lay two runs side by side with `deno task compare`",
      );
    }
    const resolved = await program.settings.resolve(pointFlags, folder, store);
    if (settings.length === 0) notes = resolved.notes;
    notes = notes.filter((note) => resolved.notes.includes(note));
    const labels = Object.fromEntries(point.map(({ name, label }) => [name, label]));
    settings.push({ labels, parameters: resolved.parameters });
  }
  const swept = program.sweep(graph!, settings);
  const what = axes.map(({ name, values }) => `${values.length} × ${name}`).join(", ");
  return {
    ...swept,
    targets: checkSteps(swept.pipeline, names),
    conclude: async (record) => {
      await program.conclude?.(record, store);
      return await swept.conclude(record, store);
    },
    notes: [...notes, `a sweep over ${what}: ${swept.pipeline.steps.length} steps`],
  };
}

/** Lists of values that are one setting go to the flag, all others stay axes. */
function withLists({ settings }: Program, { flags, axes }: Pick<Request, "flags" | "axes">) {
  const isList = ({ name, bySweep }: Axis) => !bySweep && settings.isOneSetting?.(name, flags);
  const lists = axes.filter(isList).map(({ name, values }) => [
    name,
    values.map(({ value }) => value),
  ]);
  return {
    flags: { ...flags, ...Object.fromEntries(lists) },
    axes: axes.filter((axis) => !isList(axis)),
  };
}

/** Of `train@lr=0.1`; an address that is no step's name is told whole, without its password. */
const kindNamed = (name: string) => name.includes("://") ? name : name.split("@")[0];

const namesOf = ({ steps }: Pipeline) => steps.map(({ name }) => name).join();

type Point = { name: string; label: string; value: unknown }[];

/** Every combination, the last axis changing fastest. */
function pointsOf(axes: readonly Axis[]): Point[] {
  return axes.reduce<Point[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => [...point, { name, ...value }])),
    [[]],
  );
}
