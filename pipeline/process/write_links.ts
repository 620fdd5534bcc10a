/** A step's side of links: see `StepDeclaration.linked`. */

/** In the folder that a step writes to; it does not become part of the artifact. */
export const LINKS_FILE = "links.json";

/**
 * Has files stand in the artifact without being copied, as soon as the step is done.
 *
 * @param output `step.output`
 * @param links files of the user's that the step declares, by their paths in the artifact
 */
export async function writeLinks(
  output: string,
  links: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.writeTextFile(`${output}/${LINKS_FILE}`, JSON.stringify(links));
}
