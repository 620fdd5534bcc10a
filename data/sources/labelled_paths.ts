/** Photos whose classes a list beside them says, as paths that their folders would have. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { litterIn } from "../litter.ts";
import { exactRole } from "./find_splits.ts";
import { isListName, type LabelLine } from "./label_list.ts";
import { labelObjection } from "./label_objection.ts";
import type { LeftOut } from "./left_out.ts";

/** A list of labels that was read. */
export interface LabelList {
  /** Its path, with `/`. */
  path: string;
  lines: readonly LabelLine[];
}

/** What a list makes of the photos beside it. */
export interface LabelledPaths {
  /** The list's path. */
  list: string;
  /** By the path that a data set of folders would have, `train/CLASS/…`: the path that it has. */
  paths: ReadonlyMap<string, string>;
  /** Photos that the list does not name, or gives no label. */
  unlabelled: string[];
  /** Lines whose photo is not there. */
  missing: LeftOut[];
}

/**
 * Files that may be lists of the photos beside or below them: no photo lies elsewhere.
 *
 * @param paths of files, with `/`; folders end in it
 */
export function listCandidates(paths: readonly string[]): string[] {
  const real = paths.filter((path) => litterIn(path) === undefined);
  const common = commonFolder(real.filter(hasImageExtension));
  return real.filter((path) => isListName(path) && common.startsWith(folderOf(path))).sort();
}

/**
 * Puts photos where a list says they belong. A line finds its photo by the path from the list's
 * folder, or, where nothing lies there, as the only file whose path ends so. Nothing is opened by what
 * a list says.
 *
 * @returns undefined where the list names no file that is there: it is about something else
 * @throws {Error} which names the line whose path leads out of the folder, whose label can be no
 *   folder, whose part is none, or which contradicts another
 */
export function labelledPaths(
  { path: list, lines }: LabelList,
  paths: readonly string[],
): LabelledPaths | undefined {
  const folder = folderOf(list);
  const files = paths.filter((path) =>
    !path.endsWith("/") && path !== list && litterIn(path) === undefined && isBelow(folder)(path)
  ).map((path) => path.slice(folder.length));
  const find = finder(files);
  const found = new Map<string, LabelLine>();
  const missing: LeftOut[] = [];
  const refuse = (line: LabelLine, reason: string) => {
    throw new Error(`${list}, ${line.at}: ${reason}`);
  };
  const matched = lines.map((line) => ({ line, files: find(written(line.file)) }));
  if (!matched.some(({ files }) => files.length > 0)) return undefined;
  for (const { line, files } of matched) {
    if (files.length === 0) {
      const objection = pathObjection(line.file);
      if (objection) refuse(line, `the path ${quote(line.file)} ${objection}`);
      const reason = `is named in ${list}, but is not there`;
      missing.push({ path: folder + written(line.file), reason });
      continue;
    }
    if (files.length > 1) {
      refuse(
        line,
        `${quote(line.file)} may be ${files[0]} or ${
          files[1]
        }: write the path from the list's folder`,
      );
    }
    const wrong = line.label && labelObjection(line.label);
    if (wrong) {
      refuse(
        line,
        `the label ${quote(line.label)} ${wrong}, so that no folder can be called so: ` +
          "write another",
      );
    }
    if (line.label && line.split !== undefined && !exactRole(line.split)) {
      refuse(line, `the split ${quote(line.split)} is none: write train, val or test`);
    }
    const before = found.get(files[0]);
    if (before && !isSame(before, line)) {
      refuse(
        line,
        `${files[0]} is ${placeOf(line)}, and ${placeOf(before)} by ${before.at}: keep one of them`,
      );
    }
    found.set(files[0], line);
  }
  const labelled = [...found].filter(([, { label }]) => label !== "");
  refuseCases(labelled.map(([, { label }]) => label), list);
  const common = commonFolder(labelled.map(([file]) => file));
  const targets = labelled.map(([file, line]) => {
    // A class called train is no part: so all are put into one.
    const role = line.split === undefined ? "train" : exactRole(line.split)!;
    const target = `${role}/${line.label.normalize("NFC")}/${file.slice(common.length)}`;
    return [target, folder + file] as const;
  });
  const taken = new Set(labelled.map(([file]) => file));
  return {
    list,
    paths: new Map(targets.sort(([a], [b]) => compareCodePoints(a, b))),
    unlabelled: files.filter((file) => hasImageExtension(file) && !taken.has(file))
      .map((file) => folder + file).sort(compareCodePoints),
    missing,
  };
}

/** Folder of a path, ending in `/`; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

const isBelow = (folder: string) => (path: string) => path.startsWith(folder);

const quote = (text: string) => JSON.stringify(text);

/** As the listing writes it: Windows writes backslashes, and many a program `./` in front. */
const written = (file: string) => file.trim().replaceAll("\\", "/").replace(/^(\.\/)+/, "");

const placeOf = ({ label, split }: LabelLine) =>
  [label ? quote(label) : "without a label", ...split ? [`in ${split}`] : []].join(" ");

const isSame = (a: LabelLine, b: LabelLine) =>
  a.label.normalize("NFC") === b.label.normalize("NFC") &&
  exactRole(a.split ?? "") === exactRole(b.split ?? "");

/** What speaks against a path in a list; undefined where nothing does. */
function pathObjection(file: string): string | undefined {
  const path = written(file);
  if (path === "") return "is empty: write the photo's";
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(path)) return "has a control character in it: remove it";
  if (path.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(path)) {
    return "is absolute: write it from the list's folder";
  }
  if (path.split("/").includes("..")) {
    return "leads out of the folder: put the photos below the list";
  }
}

/** Finds files by their path, or by its end, in either spelling of Unicode. */
function finder(files: readonly string[]): (path: string) => string[] {
  const exact = Map.groupBy(files, (file) => file.normalize("NFC"));
  const byName = Map.groupBy(files, (file) => nameOf(file).normalize("NFC"));
  return (path) => {
    const wanted = path.normalize("NFC");
    return exact.get(wanted) ??
      (byName.get(nameOf(wanted)) ?? [])
        .filter((file) => file.normalize("NFC").endsWith(`/${wanted}`));
  };
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** The folders that all files have in common say nothing of any. */
function commonFolder(files: readonly string[]): string {
  let common = files.length > 0 ? folderOf(files[0]) : "";
  for (const file of files) {
    while (!file.startsWith(common)) common = folderOf(common.slice(0, -1));
  }
  return common;
}

/** @throws {Error} for classes that are one to many a disk, and to whoever wrote the list */
function refuseCases(labels: readonly string[], list: string): void {
  const seen = new Map<string, string>();
  for (const label of labels) {
    const name = label.normalize("NFC");
    const other = seen.get(name.toLowerCase());
    if (other !== undefined && other !== name) {
      throw new Error(
        `${list} has the classes ${other} and ${name}, which differ in upper and lower case only: ` +
          "write one of them",
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}
