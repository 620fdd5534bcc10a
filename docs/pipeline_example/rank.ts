import { runStep } from "../../pipeline/process/step.ts";

await runStep<{ top: number }>(async ({ parameters, inputs, output, result }) => {
  const counts: [string, number][] = JSON.parse(
    await Deno.readTextFile(`${inputs.count}/counts.json`),
  );
  const ranking = counts.sort(([, a], [, b]) => b - a).slice(0, parameters.top);
  await Deno.writeTextFile(`${output}/ranking.txt`, ranking.map((row) => row.join(" ")).join("\n"));
  result(ranking);
});
