/** Photos from a package, for places that only package mirrors reach. */
import { formatPypiSpec, obtainWheel, type PypiSpec, sameRelease } from "../download/pypi.ts";
import { ZipArchive } from "../download/zip_archive.ts";
import { type Planner, unpackPhotos } from "./archive.ts";
import { elpvLicence, elpvWheel, planElpv } from "./elpv.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * Fetches a wheel and takes the data set in it: elpv-dataset by its labels, any other package by its
 * folders. A release that we know is checked against its hash.
 *
 * Permissions: read for the mirror; read and write for the downloads; run for `pythonNames`, which
 * need `pipEnvironment`.
 *
 * @throws {UnavailableError} where neither the mirror nor pip has the package
 * @throws {WrongContentError} where a known release has another hash
 * @throws {Error} as {@linkcode unpackPhotos}
 */
export async function pypiSource(spec: PypiSpec, context: SourceContext): Promise<SourceInfo> {
  const wheel = await obtainWheel(sameRelease(spec, elpvWheel) ? elpvWheel : spec, context);
  const isElpv = sameRelease({ name: spec.name }, elpvWheel);
  const planner: Planner | undefined = isElpv
    ? async () => {
      using archive = await ZipArchive.open(wheel.path);
      return await planElpv(archive, context.seed);
    }
    : undefined;
  const { counts, note } = await unpackPhotos(wheel.path, context, planner);
  const licence = isElpv ? elpvLicence : await licenceOf(wheel.path);
  return {
    kind: "pypi",
    origin: formatPypiSpec({ name: spec.name, version: wheel.version }),
    sha256: wheel.sha256,
    ...(licence && { licence }),
    ...(note && { note }),
    counts,
  };
}

/** What a wheel says of its licence (PEP 639, or the older field). */
async function licenceOf(path: string): Promise<string | undefined> {
  using archive = await ZipArchive.open(path);
  const entry = [...archive.entries].find(({ name }) => /^[^/]+\.dist-info\/METADATA$/.test(name));
  if (!entry) return undefined;
  const [head] = new TextDecoder().decode(await archive.read(entry)).split(/\r?\n\r?\n/);
  const field = (name: string) => new RegExp(`^${name}: *(.+)$`, "m").exec(head)?.[1].trim();
  const licence = field("License-Expression") ?? field("License");
  return licence === "UNKNOWN" ? undefined : licence;
}
