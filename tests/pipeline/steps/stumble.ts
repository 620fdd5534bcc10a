/** Notes each attempt in a file and fails so many times, in one of several ways, before it succeeds. */
import { runStep } from "../../../pipeline/process/step.ts";

export interface StumbleParameters {
  path: string;
  failures: number;
  how: keyof typeof WAYS;
}

const WAYS = {
  throw: () => {
    throw new Error("it stumbled");
  },
  reset: () => {
    throw new Error("no answer", { cause: new Deno.errors.ConnectionReset("reset") });
  },
  transient: () => {
    throw Object.assign(new Error("no answer yet"), { transient: true });
  },
  lose: () => {
    throw Object.assign(new Error("the GPU was lost"), { lost: true });
  },
  wait: () => new Promise(() => {}),
  spin: () => {
    while (true);
  },
  die: () => Deno.kill(Deno.pid, "SIGKILL"),
};

if (import.meta.main) {
  await runStep<StumbleParameters>(async (step) => {
    const { path, failures, how } = step.parameters;
    await Deno.writeTextFile(path, "x", { append: true });
    const attempt = (await Deno.readTextFile(path)).length;
    if (attempt <= failures) {
      await Deno.writeTextFile(`${step.output}/half.txt`, "half");
      step.at(`stone ${attempt}`);
      await WAYS[how]();
    }
    await Deno.writeTextFile(`${step.output}/text.txt`, "went");
  });
}
