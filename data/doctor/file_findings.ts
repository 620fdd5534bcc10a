/** Files that give no photo, or are not what their name says. */
import type { Examined } from "../examined.ts";
import type { ImageFormat } from "../image_format.ts";
import { type Finding, photosAre } from "./finding.ts";

/** Extensions that say a format; others say nothing. */
const FORMATS: Record<string, ImageFormat> = {
  jpg: "jpeg",
  jpeg: "jpeg",
  png: "png",
  gif: "gif",
  bmp: "bmp",
  tif: "tiff",
  tiff: "tiff",
  webp: "webp",
  ppm: "pnm",
  pgm: "pnm",
};
/** Photos by their name, in formats or under names that are passed over. */
const PASSED_OVER = /\.(gif|heic|heif|avif|jxl|jp2|raw|cr2|nef|arw|dng|svg|psd)$/i;

/** @param others files that are no photos by their name */
export function fileFindings(files: readonly Examined[], others: readonly string[]): Finding[] {
  const refused = files.filter(({ refusal }) => refusal);
  const truncated = refused.filter(({ refusal }) => refusal!.reason === "truncated");
  const undecodable = refused.filter((file) => !truncated.includes(file));
  const unread = others.filter((path) => PASSED_OVER.test(path));
  const misnamed = files.filter(({ path, photo }) => {
    const said = FORMATS[extensionOf(path)];
    return photo && said && said !== photo.encoding.format;
  });
  const unsorted = files.filter(({ className }) => className === undefined);
  const findings: Finding[] = [];
  const add = (
    [kind, severity]: [Finding["kind"], Finding["severity"]],
    files: string[],
    title: string,
    remedy: string,
  ) => {
    if (files.length > 0) findings.push({ kind, severity, title, remedy, files });
  };
  add(
    ["truncated", "warning"],
    paths(truncated),
    `${photosAre(truncated.length)} cut off: the end of the file is missing`,
    "Copy or download them again; until then they are left out.",
  );
  add(
    ["undecodable", "warning"],
    paths(undecodable),
    `${photosAre(undecodable.length)} left out, as they cannot be decoded ` +
      `(${undecodable[0]?.refusal?.refusal})`,
    "Save them again as JPEG or PNG, or remove them.",
  );
  add(
    ["unread_format", "warning"],
    unread,
    `${photosAre(unread.length)} passed over for the format that the name says: ` +
      [...new Set(unread.map(extensionOf))].join(", "),
    "Save them as JPEG or PNG, under names that end in .jpg or .png.",
  );
  add(
    ["wrong_extension", "note"],
    paths(misnamed),
    `${photosAre(misnamed.length)} of another format than the name says` +
      (misnamed[0] ? `: ${misnamed[0].path} is ${misnamed[0].photo!.encoding.format}` : ""),
    "Nothing for graft, which looks at the content; rename them for programs that do not.",
  );
  add(
    ["unsorted", "warning"],
    paths(unsorted),
    `${photosAre(unsorted.length)} in no class folder, and left out`,
    "Move each into the folder of its class.",
  );
  return findings;
}

const paths = (files: readonly Examined[]) => files.map(({ path }) => path);
const extensionOf = (path: string) => path.slice(path.lastIndexOf(".") + 1).toLowerCase();
