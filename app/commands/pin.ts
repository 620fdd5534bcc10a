/** `deno task pin NAME RUN`: keeps a run under a name; `pin` alone lists these. */
import * as v from "valibot";
import { listPins, pin as pinRun } from "../../pipeline/upkeep/pins.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { STORE } from "../cli/shared_flags.ts";
import { runNamed } from "./run_named.ts";

export const pin = defineCommand({
  name: "pin",
  group: "Keep",
  summary: "name a run, of which gc then removes nothing; alone: list the pins",
  operands: {
    schema: v.union([v.strictTuple([]), v.strictTuple([v.string(), v.string()])]),
    usage: "[NAME RUN]",
    takes: "a name and a run, such as `pin best latest` (see `runs`)",
  },
  flags: STORE,
  async run({ flags, operands: [name, which], store, json, say }) {
    if (name === undefined) {
      for (const [name, run] of await listPins(store)) {
        if (flags.json) json({ name, run });
        else say(`${name}  ${run}`);
      }
      return EXIT.done;
    }
    const { id } = await runNamed(store, which!);
    await pinRun(store, name, id);
    if (flags.json) json({ name, run: id });
    else say(`${name} is ${id}: gc removes nothing of it`);
    return EXIT.done;
  },
});
