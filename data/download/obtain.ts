/** A file from wherever it can be had: the mirror folder, an earlier download, its URL. */
import { join } from "node:path";
import type { Pin } from "./digest.ts";
import { download, type LocalFile } from "./download.ts";
import { UnavailableError } from "./errors.ts";
import { findInMirror } from "./mirror.ts";
import { publicUrl } from "./public_url.ts";
import type { Log, Progress } from "./progress.ts";
import type { Patience } from "./transfer.ts";

/** A file on the network, and how it is recognised. */
export interface RemoteFile {
  url: string;
  /** The name that it has in mirror and download folders. */
  name: string;
  sha256?: Pin;
  bytes?: number;
}

/** Where files come from and go to. */
export interface Places {
  /** Keeps downloads, also partial ones: the next run finds them here. */
  downloads: string;
  /** Looked at before anything else. */
  mirror?: string;
  progress?: Progress;
  log?: Log;
  signal?: AbortSignal;
  patience?: Patience;
  /** The most bytes of a file that is downloaded; as `download` has it when left out. */
  most?: number;
}

/**
 * The file from the mirror folder, else downloaded. With a pinned hash it is the same file
 * whichever it came from; `log` says which.
 *
 * Permissions: read for the mirror, read and write for the downloads, net for the host.
 *
 * @throws {UnavailableError} where the mirror lacks it and the server does not answer
 * @throws {WrongContentError} where either has another file
 */
export async function obtainFile(file: RemoteFile, places: Places): Promise<LocalFile> {
  const { mirror, downloads, progress, log, signal, patience, most } = places;
  if (mirror) {
    const found = await findInMirror(mirror, file.name, file.sha256, signal);
    if (found) {
      log?.(`${file.name}: from the mirror folder ${mirror}`);
      return found;
    }
  }
  const { sha256, bytes } = file;
  const path = join(downloads, file.name);
  try {
    const local = await download(file.url, path, {
      sha256,
      bytes,
      most,
      progress,
      signal,
      patience,
    });
    log?.(`${file.name}: from ${publicUrl(file.url)}`);
    return local;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UnavailableError(
      `${error.message}, or put ${file.name} from elsewhere into a folder and set GRAFT_MIRROR to it`,
      { transient: error.transient },
    );
  }
}
