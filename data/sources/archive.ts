/** Photos from archives: zip (wheels are zips too) and tar. */
import { join } from "node:path";
import { openArchive } from "../download/open_archive.ts";
import { litterIn } from "../litter.ts";
import { keepTogether } from "./keep_together.ts";
import { type ListedPlan, planPhotos, type ReadFile } from "./choose_layout.ts";
import { describeLeftOut, describeLitter, describeSidecars } from "./left_out.ts";
import { divideByKind } from "./photo_like.ts";
import { countPhotos, noteOf, type Plan, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SplitCounts } from "./source_info.ts";

/** Decides by an archive's paths (folders end in `/`) what of it becomes photos. */
export type Planner = (
  paths: readonly string[],
  read: ReadFile,
) => Promise<Plan | ListedPlan>;

/**
 * Unpacks what the planner chose, by default a layout of {@linkcode planPhotos}.
 *
 * @throws {ZipError} where the archive is damaged or hostile, see `openArchive`
 * @throws {Error} as the planner does
 */
export async function unpackPhotos(
  path: string,
  context: SourceContext,
  planner: Planner = (paths, read) => planPhotos(paths, path, context, read),
): Promise<{ counts: SplitCounts; note?: string; plan: Plan }> {
  const { photos, progress, signal, log } = context;
  using archive = await openArchive(path, signal);
  const { names } = archive;
  const planned = await planner(names, archive.read);
  const targets = new Map(planned.files.map((file) => [file.from, targetOf(file)]));
  await archive.extract(targets, photos, { progress, signal });
  const onDisk = (file: Plan["files"][number]) => join(photos, targetOf(file));
  const { photoLike, sidecars } = await divideByKind(planned.files, onDisk);
  for (const file of sidecars) await Deno.remove(onDisk(file));
  const litter = new Set(names.map(litterIn).filter((name) => name !== undefined));
  const lines = [
    ...describeLeftOut("missing" in planned ? planned.missing : []),
    describeLitter([...litter]),
    describeSidecars(sidecars.map(({ from }) => from)),
  ];
  for (const line of lines) if (line) log?.(line);
  const plan = await keepTogether({ ...planned, files: photoLike }, context);
  const note = noteOf(plan);
  if (note) log?.(note);
  return { counts: countPhotos(plan), ...(note && { note }), plan };
}
