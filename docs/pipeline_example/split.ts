import { runStep } from "../../pipeline/process/step.ts";

await runStep<{ text: string }>(async ({ parameters, output }) => {
  const words = (await Deno.readTextFile(parameters.text)).toLowerCase().match(/\p{L}+/gu) ?? [];
  await Deno.writeTextFile(`${output}/words.json`, JSON.stringify(words));
});
