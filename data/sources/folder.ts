/** Photos from a folder of one's own. */
import { basename, dirname, join, resolve } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { nameUnwritten } from "../unwritable.ts";
import { contentDigest } from "./content_digest.ts";
import { keepTogether } from "./keep_together.ts";
import { planLayout } from "./layout.ts";
import { listFiles } from "./list_files.ts";
import { countPhotos, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Copies the photos of a folder in one of the layouts of {@linkcode planLayout}. The folder is left
 * as it is; links in it are followed.
 *
 * Permissions: read for the folder, and for what links in it lead to.
 *
 * @throws {Error} where there is no such folder, or its layout is none of those
 */
export async function folderSource(path: string, context: SourceContext): Promise<SourceInfo> {
  const { photos, progress, signal } = context;
  const planned = planLayout(await listFiles(path), path, context);
  const digests: { path: string; sha256: string }[] = [];
  const made = new Set<string>();
  for (const file of planned.files) {
    signal?.throwIfAborted();
    const target = join(photos, targetOf(file));
    if (!made.has(dirname(target))) await Deno.mkdir(dirname(target), { recursive: true });
    made.add(dirname(target));
    try {
      await Deno.copyFile(join(path, file.from), target);
    } catch (error) {
      throw nameUnwritten(error, target);
    }
    digests.push({ path: file.from, sha256: await sha256OfFile(target) });
    const done = digests.length;
    progress?.({ label: "copying", unit: "files", done, total: planned.files.length });
  }
  const plan = await keepTogether(planned, context);
  return {
    kind: "folder",
    origin: basename(resolve(path)),
    sha256: contentDigest(digests),
    ...(plan.note && { note: plan.note }),
    counts: countPhotos(plan),
  };
}
