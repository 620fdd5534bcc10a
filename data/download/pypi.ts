/** Wheels from a Python package index: a way to data and weights where only package mirrors answer. */
import { join } from "node:path";
import { digestMatches, sha256OfFile } from "./digest.ts";
import type { LocalFile } from "./download.ts";
import { WrongContentError } from "./errors.ts";
import { findInMirror, listMirror } from "./mirror.ts";
import type { Places } from "./obtain.ts";
import { pipDownload } from "./pip.ts";

/** A package, as in `pypi:elpv-dataset==1.0.0.post1`. */
export interface PypiSpec {
  name: string;
  version?: string;
}

/** A wheel that we know. */
export interface PinnedWheel extends PypiSpec {
  version: string;
  /** Its file name. */
  file: string;
  sha256: string;
}

/**
 * Reads `pypi:NAME` or `pypi:NAME==VERSION`.
 *
 * @throws {Error} for anything else, such as a version range or an option of pip
 */
export function parsePypiSpec(text: string): PypiSpec {
  const match = /^pypi:([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?:==([a-z0-9][a-z0-9.!+_-]*))?$/i
    .exec(text);
  if (!match) throw new Error(`"${text}" is no package: write pypi:NAME or pypi:NAME==VERSION`);
  const [, name, version] = match;
  return version === undefined ? { name } : { name, version };
}

/** `pypi:NAME==VERSION`, with the name as PEP 503 writes it. */
export function formatPypiSpec({ name, version }: PypiSpec): string {
  return `pypi:${normalize(name)}${version ? `==${version}` : ""}`;
}

/** Whether two specs name the same package (PEP 503) and, where both have one, version. */
export function sameRelease(a: PypiSpec, b: PypiSpec): boolean {
  return normalize(a.name) === normalize(b.name) &&
    (a.version ?? b.version) === (b.version ?? a.version);
}

/**
 * A wheel (which is a zip) from the mirror folder, an earlier download, or the user's pip. A pinned
 * wheel is checked against its hash wherever it came from.
 *
 * Permissions: read for the mirror, read and write for the downloads, run for `pythonNames`.
 *
 * @throws {UnavailableError} where the mirror lacks it and pip cannot fetch it
 * @throws {WrongContentError} where a pinned wheel has another hash, or pip brings more than `most`
 * @throws {Error} where the mirror has several versions and none was asked for
 */
export async function obtainWheel(
  wheel: PypiSpec | PinnedWheel,
  places: Places & { pythons?: string[] },
): Promise<LocalFile & { version: string }> {
  const { mirror, downloads, signal, log, progress, most, pythons } = places;
  const pin = "sha256" in wheel ? wheel.sha256 : undefined;
  const origin = formatPypiSpec(wheel);
  if (mirror) {
    const name = "file" in wheel ? wheel.file : await wheelIn(mirror, wheel);
    const found = name && await findInMirror(mirror, name, pin, signal);
    if (found) {
      log?.(`${origin}: from the mirror folder ${mirror}`);
      return { ...found, version: versionOf(name) };
    }
  }
  await Deno.mkdir(downloads, { recursive: true });
  if ("file" in wheel) {
    const path = join(downloads, wheel.file);
    const sha256 = await sha256OfFile(path, signal).catch(() => "");
    if (sha256 === pin) {
      log?.(`${origin}: downloaded before, in ${downloads}`);
      return { path, sha256, version: wheel.version };
    }
  }
  const folder = await Deno.makeTempDir({ dir: downloads, prefix: ".pip-" });
  try {
    log?.(`${origin}: asking pip`);
    await pipDownload(origin.slice("pypi:".length), folder, { progress, signal, most, pythons });
    const name = await wheelIn(folder, wheel);
    if (!name) throw new Error(`pip left no wheel of ${origin} in ${folder}`);
    const sha256 = await sha256OfFile(join(folder, name), signal);
    if (pin && !digestMatches(pin, sha256)) {
      throw new WrongContentError(
        `The wheel ${name} that pip fetched has SHA-256 ${sha256}, expected ${pin}: the package ` +
          `index that pip is set up for has another file. It was not kept`,
      );
    }
    const path = join(downloads, name);
    await Deno.rename(join(folder, name), path);
    return { path, sha256, version: versionOf(name) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The file name of a package's wheel in a folder. */
async function wheelIn(folder: string, { name, version }: PypiSpec): Promise<string | undefined> {
  const wheels = (await listMirror(folder)).filter((file) =>
    file.endsWith(".whl") && normalize(file.split("-")[0]) === normalize(name) &&
    (version === undefined || versionOf(file) === version)
  );
  if (wheels.length > 1) {
    throw new Error(
      `${folder} has several wheels of ${name} (${wheels.join(", ")}): ` +
        `write pypi:${name}==VERSION, or remove all but one`,
    );
  }
  return wheels[0];
}

/** The version in a wheel's file name, NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl (PEP 427). */
function versionOf(file: string): string {
  return file.split("-")[1];
}

/** PEP 503. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
