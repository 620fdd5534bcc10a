/** Files that give no photo, or are not what their name says. */
import type { Examined } from "../examined.ts";
import { type ImageFormat, saysOtherFormat } from "../image_format.ts";
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
  heic: "heic",
  avif: "avif",
};
export function fileFindings(files: readonly Examined[]): Finding[] {
  const refused = files.filter(({ refusal }) => refusal);
  const unreadable = refused.filter(({ refusal }) => refusal!.reason === "unreadable");
  const truncated = refused.filter(({ refusal }) => refusal!.reason === "truncated");
  const undecodable = refused.filter((file) =>
    !unreadable.includes(file) && !truncated.includes(file)
  );
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
    ["unreadable", "error"],
    paths(unreadable),
    `${photosAre(unreadable.length)} there that cannot be read (${
      unreadable[0]?.refusal?.refusal
    })`,
    "Give yourself the permission (chmod u+r), or move them away: the pipeline stops at such a file.",
  );
  add(
    ["truncated", "warning"],
    paths(truncated),
    `${photosAre(truncated.length)} cut off: the end of the file is missing`,
    "Copy or download them again; until then they are left out.",
  );
  // What is no photo at all is said kind by kind: a web page and a HEIC need different remedies.
  const groups = Map.groupBy(
    undecodable,
    ({ refusal }) => refusal!.reason === "not an image" ? refusal!.refusal : "damaged",
  );
  for (const group of groups.values()) {
    add(
      ["undecodable", "warning"],
      paths(group),
      `${photosAre(group.length)} left out, as ${group.length === 1 ? "it" : "they"} cannot be ` +
        `decoded (${group[0].refusal!.refusal})`,
      "Save them again as JPEG or PNG, or remove them.",
    );
  }
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
    `${photosAre(unsorted.length)} in no class folder and no list of labels, and left out`,
    "Move each into the folder of its class, or add it to the list.",
  );
  return findings;
}

/** @param passedOver photos by name or content that are not taken, for their names */
export function passedOverFindings(passedOver: readonly string[]): Finding[] {
  const { formats = [], names = [] } = Object.groupBy(
    passedOver,
    (path) => saysOtherFormat(path) ? "formats" : "names",
  );
  const findings: Finding[] = [];
  if (formats.length > 0) {
    findings.push({
      kind: "unread_format",
      severity: "warning",
      title: `${photosAre(formats.length)} passed over for the format that the name says: ` +
        [...new Set(formats.map(extensionOf))].join(", "),
      remedy: "Save them as JPEG or PNG, under names that end in .jpg or .png.",
      files: formats,
    });
  }
  if (names.length > 0) {
    const endings = [...new Set(names.map((path) => endingOf(path) || "no ending"))];
    findings.push({
      kind: "unread_name",
      severity: "warning",
      title:
        `${photosAre(names.length)} passed over for the name, which does not end as a photo's ` +
        `must: ${endings.join(", ")}`,
      remedy: "Rename them to end in .jpg, or in .png, as what they are.",
      files: names,
    });
  }
  return findings;
}

const paths = (files: readonly Examined[]) => files.map(({ path }) => path);
const extensionOf = (path: string) => path.slice(path.lastIndexOf(".") + 1).toLowerCase();

/** With its dot; empty for a name without one. */
function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}
