/** `deno task certify`: whether this machine computes what PyTorch does. */
import * as v from "valibot";
import { chooseBackend } from "../../backend/choose.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { flag } from "../cli/flag.ts";
import { backendFlag, threadsFlag } from "./flags.ts";

const partFlag = flag(
  v.pipe(
    v.string(),
    v.transform((text) => {
      const [, part, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
      return { part, of };
    }),
    v.check(({ part, of }) => part >= 1 && part <= of, "a share such as 2/8, the second of eight"),
  ),
  { value: "K/N", help: "only the K-th of N shares of the checks, for N processes at once" },
);

export const certify = defineCommand({
  name: "certify",
  group: "Look",
  summary: "compare every stage with PyTorch's numbers",
  flags: v.object({ backend: backendFlag("auto"), threads: threadsFlag, part: partFlag }),
  // Prints a check when it is done; fails when a bound is broken.
  async run(context) {
    const { flags, json, signal } = context;
    const say = (line: string) => flags.json ? undefined : context.say(line);
    // Loaded only now: no other command should wait for tfjs.
    const { activateBackend } = await import("../../backend/activate.ts");
    const { certify } = await import("../../bench/certify/certificate.ts");
    const { tableHeader, tableLine } = await import("../../bench/certify/table.ts");
    const { backend, device } = await chooseBackend(flags.backend);
    await activateBackend(backend, { threads: flags.threads });
    say(`Ours beside PyTorch's, on ${backend} (${device})\n`);
    say(tableHeader());
    const started = performance.now();
    let checks = 0;
    let broken = 0;
    for await (const check of certify(flags.part)) {
      signal.throwIfAborted();
      if (flags.json) json(check);
      else say(tableLine(check));
      checks++;
      if (!check.ok) broken++;
    }
    const seconds = (performance.now() - started) / 1000;
    if (flags.json) json({ certified: broken === 0, backend, device, checks, broken, seconds });
    say(`\n${checks - broken} of ${checks} checks keep their bound (${seconds.toFixed(0)} s)`);
    return broken === 0 ? EXIT.done : EXIT.failed;
  },
});
