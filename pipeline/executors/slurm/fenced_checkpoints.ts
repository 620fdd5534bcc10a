/**
 * Checkpoints that two jobs of one step cannot disturb: each has a folder of its own, in which links
 * lead to what there was before; what it saved there becomes everyone's once it is over.
 */
import { discard, namesIn, statOrNull } from "../../store/folder.ts";

/** As many as a step keeps itself. */
const KEPT = 2;

/** @param shared where all attempts' checkpoints are, by position */
export function lend(shared: string, own: string): void {
  Deno.mkdirSync(own);
  for (const position of positionsIn(shared)) {
    Deno.symlinkSync(`${shared}/${position}`, `${own}/${position}`);
  }
}

/** Takes what a job saved; it may be half of something, which whoever reads it finds out. */
export function collect(own: string, shared: string): void {
  for (const position of positionsIn(own)) {
    if (!Deno.lstatSync(`${own}/${position}`).isDirectory) continue;
    if (statOrNull(`${shared}/${position}`)) continue;
    Deno.renameSync(`${own}/${position}`, `${shared}/${position}`);
  }
  for (const position of positionsIn(shared).slice(KEPT)) discard(`${shared}/${position}`);
}

/** The furthest first. */
const positionsIn = (folder: string) =>
  namesIn(folder).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
