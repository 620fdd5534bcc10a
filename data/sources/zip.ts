/** Photos from a zip file of one's own. */
import { basename } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { unpackPhotos } from "./archive.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Unpacks a zip file.
 *
 * Permissions: read for the file.
 *
 * @throws {Error} where there is no such file; as {@linkcode unpackPhotos} otherwise
 */
export async function zipSource(path: string, context: SourceContext): Promise<SourceInfo> {
  const sha256 = await sha256OfFile(path, context.signal).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`There is no file ${path}: check the path given as source of photos`);
  });
  const { counts, note } = await unpackPhotos(path, context);
  return { kind: "zip", origin: basename(path), sha256, ...(note && { note }), counts };
}
