/** Writes its text, and what its inputs wrote, to text.txt. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ text: string }>(async (step) => {
    const texts = [];
    for (const path of Object.values(step.inputs)) {
      texts.push(await Deno.readTextFile(`${path}/text.txt`));
    }
    await Deno.writeTextFile(`${step.output}/text.txt`, [...texts, step.parameters.text].join(" "));
    step.progress({ done: 1, total: 1, unit: "texts", loss: 0.5 });
    step.log(`wrote ${step.parameters.text}`);
    step.result({ length: step.parameters.text.length });
  });
}
