/**
 * Notes in NAME.begun that it runs, then waits until there is a file NAME.go, and writes its text; with
 * `checkpoints`, it keeps one before it waits, and says at which it began.
 */
import { Checkpoints } from "../../../pipeline/process/checkpoints.ts";
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ folder: string; name: string; checkpoints: boolean }>(async (step) => {
    const { folder, name } = step.parameters;
    let began = 0;
    if (step.checkpoints) {
      const checkpoints = new Checkpoints(step.checkpoints);
      began = (await checkpoints.latest())?.position ?? 0;
      await checkpoints.save(began + 1, (to) => Deno.writeTextFile(`${to}/state`, "kept"));
    }
    await Deno.writeTextFile(`${folder}/${name}.begun`, `${Deno.pid} ${began}\n`, { append: true });
    step.at(`the file ${name}.go`);
    const isThere = () => {
      try {
        return Deno.statSync(`${folder}/${name}.go`).isFile;
      } catch {
        return false;
      }
    };
    while (!isThere()) {
      step.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await Deno.writeTextFile(`${step.output}/text.txt`, `${name} went`);
  });
}
