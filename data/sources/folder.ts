/** Photos from a folder of one's own. */
import { basename, dirname, join, resolve } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { nameUnwritten } from "../unwritable.ts";
import { planPhotos } from "./choose_layout.ts";
import { contentDigest } from "./content_digest.ts";
import { keepTogether } from "./keep_together.ts";
import { describeLeftOut, describeLitter, describeSidecars } from "./left_out.ts";
import { listFiles, readFileIn } from "./list_files.ts";
import { divideByKind } from "./photo_like.ts";
import { countPhotos, noteOf, type PlannedFile, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Copies or links the photos of a folder in one of the layouts of {@linkcode planPhotos}. The folder is
 * left as it is; links in it are followed where they stay in it. What is not taken is logged, not
 * recorded: with the same photos, the source is the same.
 *
 * Permissions: read for the folder.
 *
 * @throws {Error} where there is no such folder, its layout is none of those, or a photo cannot be
 *   read
 */
export async function folderSource(path: string, context: SourceContext): Promise<SourceInfo> {
  const { photos, link, progress, signal, log } = context;
  const { paths, leftOut, litter } = await listFiles(path);
  const planned = await planPhotos(paths, path, context, readFileIn(path));
  const { photoLike, sidecars } = await divideByKind(planned.files, ({ from }) => join(path, from));
  const sidecarPaths = sidecars.map(({ from }) => from);
  const lines = [
    ...describeLeftOut([...leftOut, ...planned.missing]),
    describeLitter(litter),
    describeSidecars(sidecarPaths),
  ];
  for (const line of lines) if (line) log?.(line);
  const digests: { path: string; sha256: string }[] = [];
  const made = new Set<string>();
  const copy = async (file: PlannedFile) => {
    const target = join(photos, targetOf(file));
    if (!made.has(dirname(target))) await Deno.mkdir(dirname(target), { recursive: true });
    made.add(dirname(target));
    try {
      await Deno.copyFile(join(path, file.from), target);
    } catch (error) {
      throw nameUnwritten(error, target);
    }
    return target;
  };
  for (const file of photoLike) {
    signal?.throwIfAborted();
    const read = link ? join(path, file.from) : await copy(file);
    digests.push({ path: file.listed ?? file.from, sha256: await sha256OfFile(read) });
    const label = link ? "reading" : "copying";
    progress?.({ label, unit: "files", done: digests.length, total: photoLike.length });
  }
  const readFrom = link ? path : undefined;
  const plan = await keepTogether({ ...planned, files: photoLike }, context, readFrom);
  for (const file of plan.files) link?.(targetOf(file), resolve(path, file.from));
  const note = noteOf(plan);
  if (note) log?.(note);
  return {
    kind: "folder",
    origin: basename(resolve(path)),
    sha256: contentDigest(digests),
    ...(note && { note }),
    counts: countPhotos(plan),
  };
}
