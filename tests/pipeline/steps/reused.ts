/** Writes what its inputs wrote, and in which process it ran; reads a file more, fails or prints, if told. */
import { runStep } from "../../../pipeline/process/step.ts";

export interface ReusedParameters {
  also: string;
  fail: boolean;
}

if (import.meta.main) {
  await runStep<ReusedParameters>(async ({ parameters, inputs, output }) => {
    const names = Object.keys(inputs);
    console.log(`printed for ${names}`);
    const texts = names.map((name) => Deno.readTextFileSync(`${inputs[name]}/text.txt`));
    const { also, fail } = parameters;
    if (also) texts.push(Deno.readTextFileSync(also.replace("INPUT", inputs[names[0]])));
    if (fail) throw new Error("told to fail");
    await Deno.writeTextFile(`${output}/text.txt`, `${texts.join(" ")}.`);
    await Deno.writeTextFile(`${output}/pid.txt`, `${Deno.pid}`);
  });
}
