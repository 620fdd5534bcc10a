/** Ants and bees: the photos of the PyTorch tutorial. */
import { join } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { obtainFile, type RemoteFile } from "../download/obtain.ts";
import { unpackPhotos } from "./archive.ts";
import { contentDigest } from "./content_digest.ts";
import { hymenopteraArchive } from "./hymenoptera_archive.ts";
import { targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * 244 photos for training and 153 for validation, and `train/ants/imageNotFound.gif`, which is kept
 * and passed over as torchvision does. The licence is unknown: the photos are part of ImageNet.
 *
 * Permissions: read for the mirror; read and write for the downloads; net for
 * `hymenopteraHost`.
 *
 * @throws {UnavailableError} where neither the mirror nor the server has it
 * @throws {WrongContentError} where either has another file
 */
export async function hymenopteraSource(
  context: SourceContext,
  archive: RemoteFile = hymenopteraArchive,
): Promise<SourceInfo> {
  const { path } = await obtainFile(archive, context);
  const { counts, plan } = await unpackPhotos(path, context);
  const files: { path: string; sha256: string }[] = [];
  for (const file of plan.files) {
    const path = targetOf(file);
    files.push({ path, sha256: await sha256OfFile(join(context.photos, path)) });
  }
  return { kind: "hymenoptera", origin: archive.url, sha256: contentDigest(files), counts };
}
