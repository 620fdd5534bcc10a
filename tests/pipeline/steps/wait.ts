/**
 * Tells the test that it runs, then waits for its word: "go", and the step ends; no word, and it
 * waits for good. With `deaf`, it does not listen to being asked to end; with `busy`, it works on
 * without ever giving the event loop a turn, "talking" or "silent".
 */
import { runStep } from "../../../pipeline/process/step.ts";

if (import.meta.main) {
  await runStep<{ port: number; deaf: boolean; busy?: "talking" | "silent" }>(async (step) => {
    await Deno.writeTextFile(`${step.output}/half.txt`, "half");
    const { port, deaf, busy } = step.parameters;
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`${Deno.pid}\n`));
    for (let done = 0; busy; done++) {
      if (busy === "talking") step.progress({ done, unit: "turns" });
    }
    const go = connection.read(new Uint8Array(2));
    const ended = new Promise((_, reject) => {
      if (!deaf) step.signal.onabort = () => reject(step.signal.reason);
    });
    await Promise.race([go, ended]);
    await Deno.writeTextFile(`${step.output}/text.txt`, "went");
  });
}
