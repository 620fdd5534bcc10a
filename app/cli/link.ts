import { pathToFileURL } from "node:url";

/** A path that a terminal opens on a click (OSC 8); elsewhere the path as it is. */
export function linkTo(path: string, isTerminal = Deno.stdout.isTerminal()): string {
  if (!isTerminal) return path;
  return `\x1b]8;;${pathToFileURL(path).href}\x1b\\${path}\x1b]8;;\x1b\\`;
}
