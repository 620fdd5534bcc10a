/** Writes the value of an environment variable. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ name: string }>(async ({ parameters, output }) => {
    await Deno.writeTextFile(`${output}/text.txt`, Deno.env.get(parameters.name) ?? "");
  });
}
