/** A step of the chain. */
import { runStep } from "../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep(async ({ inputs, output }) => {
    const text = inputs.before ? await Deno.readTextFile(`${inputs.before}/out.txt`) : "begin";
    await Deno.writeTextFile(`${output}/out.txt`, text);
  });
}
