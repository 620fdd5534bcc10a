import { pathToFileURL } from "node:url";
import { printable } from "../../pipeline/process/printable.ts";

/** A path that a terminal opens on a click (OSC 8); elsewhere the path alone. */
export function linkTo(path: string, isTerminal = Deno.stdout.isTerminal()): string {
  const shown = printable(path);
  if (!isTerminal) return shown;
  return `\x1b]8;;${pathToFileURL(path).href}\x1b\\${shown}\x1b]8;;\x1b\\`;
}
