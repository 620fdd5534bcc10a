/** What a file of weights says of itself beside its tensors. */
import { ZipArchive } from "../data/download/zip_archive.ts";
import { unknownKind, weightsKind } from "./file_kind.ts";
import { readOnnx } from "./onnx.ts";
import { readSafetensors } from "./safetensors.ts";

/** A record beside the pickle of a `.pth` becomes an entry without its `.json`. */
const RECORD = /^[^/]+\/([a-z_]+)\.json$/;
/**
 * What the records of a file may have in all, once inflated, such as features of 2,000 photos; those
 * beyond are passed over.
 */
const MOST_BYTES = 32 << 20;

/**
 * The metadata of a safetensors or ONNX file, and what else lies as JSON in the zip of a `.pth`;
 * empty for one of the legacy format.
 *
 * Permissions: read for the file.
 *
 * @throws {WeightsError} where the file is damaged, or none of weights
 */
export async function readMetadata(path: string): Promise<Record<string, string>> {
  const head = new Uint8Array(16);
  {
    using file = await Deno.open(path);
    await file.read(head);
  }
  switch (weightsKind(head)) {
    case "torch zip":
      return await readRecords(path);
    case "safetensors":
      return (await readSafetensors(path)).metadata;
    case "onnx":
      return (await readOnnx(path)).metadata;
    case "torch legacy":
      return {};
  }
  throw unknownKind(path, head);
}

async function readRecords(path: string): Promise<Record<string, string>> {
  using archive = await ZipArchive.open(path);
  const records: Record<string, string> = {};
  let left = MOST_BYTES;
  for (const entry of archive.entries) {
    const name = RECORD.exec(entry.name)?.[1];
    if (!name || entry.bytes > left) continue;
    left -= entry.bytes;
    records[name] = new TextDecoder().decode(await archive.read(entry));
  }
  return records;
}
