/** What a class may be called, so that its photos are a folder that the pipeline takes on any system. */
import { isLitter } from "../../data/litter.ts";
import { exactRole } from "../../data/sources/find_splits.ts";
import { windowsObjection } from "../../data/windows_name.ts";

/** Longer ones are no names of folders. */
const LONGEST = 100;

/** As folders are called: two spellings of the same letters in Unicode are one. */
export function tidyName(name: string): string {
  return name.trim().replace(/\s+/g, " ").normalize("NFC");
}

/**
 * Why a class cannot be called so, as a sentence; undefined where it can.
 * @param others that there are
 */
export function nameObjection(name: string, others: readonly string[]): string | undefined {
  const shown = JSON.stringify(name);
  if (name === "") return "a class needs a name";
  if (name.length > LONGEST) return `a name has ${LONGEST} letters at most`;
  if (others.some((other) => other.toLowerCase() === name.toLowerCase())) {
    return `there is a class ${shown} already`;
  }
  const onWindows = windowsObjection(name);
  if (onWindows) return `${shown} ${onWindows}, and the photos of a class are a folder of its name`;
  if (/[/\\]/.test(name)) return `${shown} has a slash, which names of folders cannot have`;
  if (isLitter(name)) return `${shown} is a name that folders of photos are passed over by`;
  if (exactRole(name)) {
    return `${shown} would be taken for a part of the photos, not for a class: call it otherwise`;
  }
}

const TAKE = /^take \d+$/;

/** What a take of a camera is called, as a folder below its class's; `number` counts over all classes. */
export function takeName(number: number): string {
  return `take ${String(number).padStart(4, "0")}`;
}

/** The number of the take that a photo is of; 0 of one that is of none. */
export function takeNumber(file: string): number {
  return Number(/^take (\d+)\//.exec(file)?.[1] ?? 0);
}

/**
 * The class that a photo in a folder is of, and what it is called below the class's folder: that of the
 * folder it lies in, but for takes, which are folders of a class.
 *
 * @param path with `/`, from the folder on that was given
 * @returns undefined for what lies in no folder, or in one that is passed over
 */
export function classOfPath(path: string): { className: string; file: string } | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length < 2 || parts.some(isLitter)) return undefined;
  const own = parts.length > 2 && TAKE.test(parts.at(-2)!) ? 2 : 1;
  return {
    className: tidyName(parts.at(-own - 1)!),
    file: parts.slice(-own).join("/").normalize("NFC"),
  };
}

/** The file's name where none is called so, else with a number behind it. */
export function unusedName(file: string, isUsed: (file: string) => boolean): string {
  if (!isUsed(file)) return file;
  const dot = file.lastIndexOf(".");
  for (let number = 2;; number++) {
    const name = `${file.slice(0, dot)} (${number})${file.slice(dot)}`;
    if (!isUsed(name)) return name;
  }
}
