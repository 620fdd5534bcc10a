import { runStep } from "../../pipeline/process/step.ts";

await runStep(async ({ inputs, output }) => {
  const words: string[] = JSON.parse(await Deno.readTextFile(`${inputs.split}/words.json`));
  const groups = Object.groupBy(words, (word) => word);
  const counts = Object.entries(groups).map(([word, all]) => [word, all!.length]);
  await Deno.writeTextFile(`${output}/counts.json`, JSON.stringify(counts));
});
