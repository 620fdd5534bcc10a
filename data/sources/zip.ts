/** Photos from a zip or tar file of one's own. */
import { basename, join } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { unpackPhotos } from "./archive.ts";
import { contentDigest } from "./content_digest.ts";
import { targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Unpacks a zip or tar file. How it is packed, and what else lies in it, is not recorded: with the same
 * photos, the source is the same.
 *
 * Permissions: read for the file.
 *
 * @throws {Error} where there is no such file; as {@linkcode unpackPhotos} otherwise
 */
export async function zipSource(
  { kind, path }: { kind: "zip" | "tar"; path: string },
  context: SourceContext,
): Promise<SourceInfo> {
  const { counts, note, plan } = await unpackPhotos(path, context).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`There is no file ${path}: check the path given as source of photos`);
  });
  const digests: { path: string; sha256: string }[] = [];
  for (const file of plan.files) {
    const unpacked = join(context.photos, targetOf(file));
    digests.push({
      path: file.listed ?? file.from,
      sha256: await sha256OfFile(unpacked, context.signal),
    });
  }
  const sha256 = contentDigest(digests);
  return { kind, origin: basename(path), sha256, ...(note && { note }), counts };
}
