/**
 * Counts up to a number and keeps a checkpoint at each; writes all numbers, and which of them it
 * counted itself. At `stop` it dies, throws, or waits for the word of the test.
 */
import { Checkpoints } from "../../../pipeline/process/checkpoints.ts";
import { runStep } from "../../../pipeline/process/step.ts";

export interface CountParameters {
  to: number;
  stop: { at: number; how: "die" | "throw" };
}

if (import.meta.main) {
  await runStep<CountParameters>(async (step) => {
    const { to, stop } = step.parameters;
    const checkpoints = new Checkpoints(step.checkpoints);
    const start = await checkpoints.latest(to);
    let numbers = start ? await Deno.readTextFile(`${start.path}/numbers.txt`) : "";
    const counted: number[] = [];
    for (let i = start?.position ?? 0; i < to; i++) {
      if (i === stop.at && stop.how === "throw") throw new Error(`stopped at ${i}`);
      if (i === stop.at) Deno.kill(Deno.pid, "SIGKILL");
      counted.push(i);
      numbers += `${i}\n`;
      await checkpoints.save(
        i + 1,
        (folder) => Deno.writeTextFile(`${folder}/numbers.txt`, numbers),
      );
    }
    await Deno.writeTextFile(`${step.output}/numbers.txt`, numbers);
    await Deno.writeTextFile(`${step.output}/counted.json`, JSON.stringify(counted));
  });
}
