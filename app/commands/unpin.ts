/** `deno task unpin NAME`: lets a pinned run go. */
import * as v from "valibot";
import { unpin as unpinRun } from "../../pipeline/upkeep/pins.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { STORE } from "../cli/shared_flags.ts";

export const unpin = defineCommand({
  name: "unpin",
  group: "Keep",
  summary: "let a pinned run go",
  operands: {
    schema: v.strictTuple([v.string()]),
    usage: "NAME",
    takes: "the name of a pin (see `pin`)",
  },
  flags: STORE,
  async run({ flags, operands: [name], store, json, say }) {
    await unpinRun(store, name);
    if (flags.json) json({ name });
    else say(`${name} is no longer pinned`);
    return EXIT.done;
  },
});
