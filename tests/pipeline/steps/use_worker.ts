/** Has a worker compute from a file that lies beside it. */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep(async (step) => {
    const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
    const answer = await new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    await Deno.writeTextFile(`${step.output}/text.txt`, answer);
  });
}
