/** Writes a text, and those that steps of its kind wrote before. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ text: string }>(async ({ parameters, earlier, output }) => {
    const seen = await Promise.all(earlier.map((path) => Deno.readTextFile(`${path}/text.txt`)));
    await Deno.writeTextFile(`${output}/text.txt`, parameters.text);
    await Deno.writeTextFile(`${output}/seen.json`, JSON.stringify(seen));
  });
}
