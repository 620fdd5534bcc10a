/** Archives of photos, zip or tar: told by their content where the name does not, as addresses need not end so. */
import { checkTar, extractTar, isTar, readTar } from "./tar.ts";
import { checkZip, type ExtractOptions, extractZip } from "./zip.ts";
import { ZipArchive } from "./zip_archive.ts";

/** An archive of which every entry was checked. */
export interface Archive extends Disposable {
  /** Paths in it, with `/`; folders end in it. */
  readonly names: readonly string[];
  /** The content of a file; undefined where it has more than `most` bytes. */
  read(name: string, most: number): Promise<Uint8Array | undefined>;
  /** Unpacks files (name to path below `folder`), none over another. */
  extract(
    targets: ReadonlyMap<string, string>,
    folder: string,
    options?: ExtractOptions,
  ): Promise<void>;
}

/**
 * Opens a zip, a tar, or a tar that gzip compressed.
 *
 * Permissions: read for the file.
 *
 * @throws {ZipError} where it is damaged, or hostile: see `checkZip` and `checkTar`
 * @throws {Deno.errors.NotFound} where there is no such file
 */
export async function openArchive(path: string, signal?: AbortSignal): Promise<Archive> {
  if (/\.(tar|tar\.gz|tgz)$/i.test(path) || await isTar(path)) {
    return {
      names: await checkTar(path, { signal }),
      read: (name, most) => readTar(path, name, most),
      extract: (targets, folder, options) => extractTar(path, targets, folder, options),
      [Symbol.dispose]() {}, // it is opened for each reading
    };
  }
  const zip = await ZipArchive.open(path);
  try {
    checkZip(zip);
  } catch (error) {
    zip[Symbol.dispose]();
    throw error;
  }
  return {
    names: Array.from(zip.entries, ({ name }) => name),
    read: async (name, most) => {
      const entry = zip.find(name);
      return entry && entry.bytes <= most ? await zip.read(entry) : undefined;
    },
    extract: (targets, folder, options) => extractZip(zip, targets, folder, options),
    [Symbol.dispose]: () => zip[Symbol.dispose](),
  };
}
