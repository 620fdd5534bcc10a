/** `deno task verify`: whether artifacts are as they were; `--repeat`: whether a step is the same again. */
import * as v from "valibot";
import { repeat } from "../../pipeline/upkeep/repeat.ts";
import { verify as verifyStore } from "../../pipeline/upkeep/verify.ts";
import { type Program, withSettings } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { flag, text } from "../cli/flag.ts";
import { newRenderer } from "../cli/new_renderer.ts";
import { requestedPipeline } from "../cli/requested_pipeline.ts";
import { STORES } from "../cli/shared_flags.ts";

const flags = v.object({
  repeat: flag(text, {
    value: "STEP",
    help: "run the step twice, with the flags that are said, and see whether both gave the same",
  }),
  ...STORES.entries,
});

type VerifyContext = ContextOf<typeof flags>;

export const verify = (program: Program) =>
  defineCommand({
    name: "verify",
    group: "Keep",
    summary: "hash every artifact again; or run a step twice and compare",
    flags: withSettings(program, flags),
    run(context) {
      const { flags: { repeat }, given } = context;
      if (repeat !== undefined) return repeatStep(program, context, repeat);
      const idle = Object.keys(program.settings.flags.entries).find((name) => given.has(name));
      if (idle) throw new UsageError(`verify takes --${idle} with --repeat STEP alone`);
      return verifyArtifacts(context);
    },
  });

async function verifyArtifacts({ flags, store, json, say }: VerifyContext): Promise<number> {
  const damages = await verifyStore(store);
  for (const damage of damages) {
    if (flags.json) json(damage);
    else say(`${damage.step}: ${damage.path}: ${damage.problem}`);
  }
  if (!flags.json && damages.length === 0) say(`everything in ${store} is as it was published`);
  return damages.length === 0 ? EXIT.done : EXIT.failed;
}

async function repeatStep(
  program: Program,
  context: VerifyContext,
  name: string,
): Promise<number> {
  const { flags, store, readFrom, signal, json, say } = context;
  const { pipeline, parameters, targets } = await requestedPipeline(program, context, [name]);
  const renderer = await newRenderer();
  const onEvent = renderer.show.bind(renderer);
  try {
    const found = await repeat(pipeline, targets![0], {
      store,
      readFrom,
      parameters,
      signal,
      onEvent,
    });
    const { step, deterministic, differences, isStored } = found;
    if (flags.json) json(found);
    else if (deterministic) say(`${step} gave the same twice`);
    else say(`${step} is not deterministic: it wrote other ${differences.join(", ")}`);
    if (isStored === false && !flags.json) say(`the store holds another result: see --force`);
    return deterministic && isStored !== false ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    renderer.close();
  }
}
