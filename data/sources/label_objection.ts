import { isLitter } from "../litter.ts";
import { windowsObjection } from "../windows_name.ts";

/** Of bytes in UTF-8: what a name of a file may have on every usual disk, with room to spare. */
const LONGEST = 200;

/**
 * What speaks against a folder of that name, as the end of a sentence; undefined where nothing does.
 *
 * @example
 * ```ts
 * labelObjection("../ants"); // "has a slash in it"
 * ```
 */
export function labelObjection(label: string, os = Deno.build.os): string | undefined {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(label)) return "has a control character in it";
  if (label === "." || label === "..") return "means a folder already";
  if (/[/\\]/.test(label)) return "has a slash in it";
  if (isLitter(label)) return "is what hidden files and the like are called";
  if (!label.isWellFormed()) return "is no whole text";
  if (new TextEncoder().encode(label).length > LONGEST) return `has more than ${LONGEST} bytes`;
  return os === "windows" ? windowsObjection(label) : undefined;
}
