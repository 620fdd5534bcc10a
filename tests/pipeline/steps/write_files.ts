/** Writes files: their paths and texts are its parameters. */
import { dirname } from "node:path";
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ files: Record<string, string> }>(async ({ parameters, output }) => {
    for (const [path, text] of Object.entries(parameters.files)) {
      await Deno.mkdir(dirname(`${output}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${output}/${path}`, text);
    }
  });
}
