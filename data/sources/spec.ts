/** What a person writes after `--data`. */
import { concealAddress, isConcealed, publicUrl } from "../download/public_url.ts";
import { formatPypiSpec, parsePypiSpec, type PypiSpec } from "../download/pypi.ts";

/** Where photos come from. */
export type SourceSpec =
  | { kind: "auto" }
  | { kind: "hymenoptera" }
  | { kind: "folder"; path: string }
  | { kind: "zip" | "tar"; path: string }
  | { kind: "url"; url: string }
  | { kind: "pypi" } & PypiSpec;

/**
 * Reads `auto`, `hymenoptera`, a folder, a file that ends in `.zip` (or `.whl`), `.tar`,
 * `.tar.gz` or `.tgz`, an http(s) address of one, or `pypi:NAME[==VERSION]`. Nothing is looked up yet.
 *
 * @throws {Error} where it is none of these, with what was meant to be written
 *
 * @example
 * ```ts
 * parseSource("pypi:elpv-dataset"); // { kind: "pypi", name: "elpv-dataset" }
 * parseSource("./photos"); // { kind: "folder", path: "./photos" }
 * ```
 */
export function parseSource(text: string): SourceSpec {
  if (text === "auto" || text === "hymenoptera") return { kind: text };
  if (text.startsWith("pypi:")) return { kind: "pypi", ...parsePypiSpec(text) };
  if (isConcealed(text)) {
    throw new Error(
      `${text} is an address without its secrets, as graft shows and keeps it: write it with the ` +
        "password, token or signature that it needs",
    );
  }
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return { kind: "url", url: text };
  // A single letter before the colon is a drive.
  if (text === "" || /^[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw new Error(
      `"${
        concealAddress(text).text
      }" is no source of photos: give auto, hymenoptera, a folder, a .zip or .tar file, ` +
        `an http(s) address of one, or pypi:NAME`,
    );
  }
  if (/\.(tar|tar\.gz|tgz)$/i.test(text)) return { kind: "tar", path: text };
  return { kind: /\.(zip|whl)$/i.test(text) ? "zip" : "folder", path: text };
}

/** A source as it may be shown. */
export function formatSource(spec: SourceSpec): string {
  switch (spec.kind) {
    case "auto":
    case "hymenoptera":
      return spec.kind;
    case "folder":
    case "zip":
    case "tar":
      return spec.path;
    case "url":
      return publicUrl(spec.url);
    case "pypi":
      return formatPypiSpec(spec);
  }
}
