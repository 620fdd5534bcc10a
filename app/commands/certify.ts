/** `deno task certify`: whether this machine computes what PyTorch does. */
import { activateBackend } from "../../backend/activate.ts";
import { chooseBackend } from "../../backend/choose.ts";
import { certify } from "../../bench/certify/certificate.ts";
import { tableHeader, tableLine } from "../../bench/certify/table.ts";
import type { CommandContext } from "../cli/application.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";

/** Prints a check when it is done; fails when a bound is broken. */
export async function certifyCommand(context: CommandContext): Promise<number> {
  const { flags, operands, json, signal } = context;
  if (operands.length > 0) throw new UsageError(`certify takes flags alone, not "${operands[0]}"`);
  const say = (line: string) => flags.json ? undefined : context.say(line);
  const { backend, device } = await chooseBackend(
    (flags.backend ?? "auto") as "auto" | "webgpu" | "wasm",
  );
  await activateBackend(backend, { threads: flags.threads ? Number(flags.threads) : undefined });
  say(`Ours beside PyTorch's, on ${backend} (${device})\n`);
  say(tableHeader());
  const started = performance.now();
  let checks = 0;
  let broken = 0;
  for await (const check of certify()) {
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
}
