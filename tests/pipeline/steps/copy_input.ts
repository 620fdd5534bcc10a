/** Copies a file of its only input. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ file: string }>(async (step) => {
    const [folder] = Object.values(step.inputs);
    for await (const _entry of Deno.readDir(folder));
    const text = await Deno.readTextFile(`${folder}/${step.parameters.file}`);
    await Deno.writeTextFile(`${step.output}/text.txt`, text);
  });
}
