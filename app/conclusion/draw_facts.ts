/** Draws what an evaluation left. Loads all that draws: only import it where that is needed. */
import { decodePng } from "../../data/codecs/png.ts";
import { drawEvaluation } from "../../report/page/evaluation.ts";
import type { DrawnEvaluation } from "../../report/page/page.ts";
import { factsFile, mapPhotos } from "../../tasks/artifacts/facts.ts";
import { isThere } from "./replace_file.ts";

/**
 * Draws the evaluation of a run.
 * @param folder the artifact's
 * @param deno the version that made it, where that is known
 * @throws {Error} where an earlier version of graft made it
 */
export async function drawFacts(
  run: string,
  folder: string,
  deno?: string,
): Promise<DrawnEvaluation> {
  if (!isThere(`${folder}/${factsFile.name}`)) {
    throw new Error(
      `the models of run ${run} were evaluated by an earlier version of graft, which left ` +
        `nothing to draw a page from in ${folder}: \`deno task evaluate\` with the flags of that ` +
        "run makes it anew",
    );
  }
  const facts = await mapPhotos(
    await factsFile.read(folder),
    async (name) => decodePng(await Deno.readFile(`${folder}/${name}`)),
  );
  const settings = [...facts.settings, ...deno ? [["Deno", deno] as [string, string]] : []];
  return await drawEvaluation({ ...facts, settings });
}
