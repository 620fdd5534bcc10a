/** Photos from zip archives; wheels are zips too. */
import { join } from "node:path";
import { checkZip, extractZip } from "../download/zip.ts";
import { ZipArchive } from "../download/zip_archive.ts";
import { litterIn } from "../litter.ts";
import { keepTogether } from "./keep_together.ts";
import { planLayout } from "./layout.ts";
import { describeLitter, describeSidecars } from "./left_out.ts";
import { divideByKind } from "./photo_like.ts";
import { countPhotos, noteOf, type Plan, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SplitCounts } from "./source_info.ts";

/** Decides by an archive's paths (folders end in `/`) what of it becomes photos. */
export type Planner = (paths: string[], archive: ZipArchive) => Plan | Promise<Plan>;

/**
 * Unpacks what the planner chose, by default a layout of {@linkcode planLayout}.
 *
 * @throws {ZipError} where the archive is damaged or hostile, see `extractZip`
 * @throws {Error} as the planner does
 */
export async function unpackPhotos(
  path: string,
  context: SourceContext,
  planner: Planner = (paths) => planLayout(paths, path, context),
): Promise<{ counts: SplitCounts; note?: string; plan: Plan }> {
  const { photos, progress, signal, log } = context;
  using archive = await ZipArchive.open(path);
  checkZip(archive);
  const names = Array.from(archive.entries, ({ name }) => name);
  const planned = await planner(names, archive);
  const targets = new Map(planned.files.map((file) => [file.from, targetOf(file)]));
  await extractZip(archive, targets, photos, { progress, signal });
  const onDisk = (file: Plan["files"][number]) => join(photos, targetOf(file));
  const { photoLike, sidecars } = await divideByKind(planned.files, onDisk);
  for (const file of sidecars) await Deno.remove(onDisk(file));
  const litter = new Set(names.map(litterIn).filter((name) => name !== undefined));
  const lines = [describeLitter([...litter]), describeSidecars(sidecars.map(({ from }) => from))];
  for (const line of lines) if (line) log?.(line);
  const plan = await keepTogether({ ...planned, files: photoLike }, context);
  const note = noteOf(plan);
  if (note) log?.(note);
  return { counts: countPhotos(plan), ...(note && { note }), plan };
}
