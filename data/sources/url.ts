/** Photos from a zip or tar file on the network. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { obtainFile } from "../download/obtain.ts";
import { concealAddress, fileNameOf, publicUrl } from "../download/public_url.ts";
import { unpackPhotos } from "./archive.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Downloads a zip or tar (or takes the file of its name from the mirror folder) and unpacks it.
 *
 * Permissions: net for the host and those it redirects to; read and write for the downloads.
 *
 * @throws {UnavailableError} where the server does not answer
 * @throws {ZipError} where what it sends is neither; else as {@linkcode unpackPhotos}
 */
export async function urlSource(url: string, context: SourceContext): Promise<SourceInfo> {
  // Many addresses end in the same name, so each has a folder of its own.
  const folder = createHash("sha256").update(concealAddress(url).text).digest("hex").slice(0, 12);
  const downloads = join(context.downloads, folder);
  // Not by a name that opens something: downloads are for all to see.
  const shown = fileNameOf(publicUrl(url));
  const name = shown === fileNameOf(url) && shown || "photos.zip";
  const { path, sha256 } = await obtainFile({ url, name }, { ...context, downloads });
  const { counts, note } = await unpackPhotos(path, context);
  return { kind: "url", origin: publicUrl(url), sha256, ...(note && { note }), counts };
}
