/** `verify --repeat STEP`: whether a step gives the same each time. */
import { repeat } from "../../pipeline/upkeep/repeat.ts";
import type { Application, CommandContext } from "../cli/application.ts";
import { configure } from "../cli/configuration.ts";
import { EXIT } from "../cli/exit.ts";
import { newRenderer } from "../cli/render.ts";

export async function repeatStep(app: Application, context: CommandContext): Promise<number> {
  const { flags, store, readFrom, signal, json, say } = context;
  const { pipeline, parameters, targets } = await configure(app, {
    ...context,
    operands: [flags.repeat!],
  });
  const renderer = newRenderer();
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
