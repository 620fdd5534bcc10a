/** Has a user's files stand in its artifact as it is told to. */
import { runStep } from "../../../pipeline/process/step.ts";
import { writeLinks } from "../../../pipeline/process/write_links.ts";

if (import.meta.main) {
  await runStep<{ links: Record<string, string> }>(async ({ parameters, output }) => {
    await Deno.writeTextFile(`${output}/own.txt`, "written");
    await writeLinks(output, parameters.links);
  });
}
