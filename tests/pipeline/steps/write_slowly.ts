/** As `write_text.ts`, but takes its time. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ text: string; seconds: number }>(async (step) => {
    const { text, seconds } = step.parameters;
    const texts = [];
    for (const path of Object.values(step.inputs)) {
      texts.push(await Deno.readTextFile(`${path}/text.txt`));
    }
    await Deno.writeTextFile(`${step.output}/text.txt`, "half");
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    await Deno.writeTextFile(`${step.output}/text.txt`, [...texts, text].join(" "));
  });
}
