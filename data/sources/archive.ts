/** Photos from zip archives; wheels are zips too. */
import { checkZip, extractZip } from "../download/zip.ts";
import { ZipArchive } from "../download/zip_archive.ts";
import { keepTogether } from "./keep_together.ts";
import { planLayout } from "./layout.ts";
import { countPhotos, type Plan, targetOf } from "./plan.ts";
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
  const { photos, progress, signal } = context;
  using archive = await ZipArchive.open(path);
  checkZip(archive);
  const planned = await planner(Array.from(archive.entries, ({ name }) => name), archive);
  const targets = new Map(planned.files.map((file) => [file.from, targetOf(file)]));
  await extractZip(archive, targets, photos, { progress, signal });
  const plan = await keepTogether(planned, context);
  return { counts: countPhotos(plan), ...(plan.note && { note: plan.note }), plan };
}
