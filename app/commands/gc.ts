/** `deno task gc`: removes what no recent run uses. */
import * as v from "valibot";
import { type Garbage, gc as collectGarbage } from "../../pipeline/upkeep/gc.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { duration, flag, size, toggle } from "../cli/flag.ts";
import { formatSize } from "../cli/quantities.ts";
import { STORE } from "../cli/shared_flags.ts";

export const gc = defineCommand({
  name: "gc",
  group: "Keep",
  summary: "remove what no recent run uses; never what the latest or a pin needs",
  flags: v.object({
    "max-age": flag(duration, {
      value: "AGE",
      help: "remove what no run used since, such as 30d or 12h",
    }),
    "max-size": flag(size, {
      value: "SIZE",
      help: "then what was used longest ago, until the rest fits, such as 10GB",
    }),
    "dry-run": toggle({ help: "only say what would go" }),
    ...STORE.entries,
  }),
  async run({ flags, store, json, say }) {
    const { "dry-run": dryRun, "max-age": maxAge, "max-size": maxSize } = flags;
    const garbage = await collectGarbage(store, { dryRun, maxAge, maxSize });
    for (const item of garbage) {
      if (flags.json) json(item);
      else say(describeGarbage(item));
    }
    const bytes = garbage.reduce((sum, { bytes }) => sum + bytes, 0);
    if (!flags.json) say(`${formatSize(bytes)} ${dryRun ? "would be removed" : "removed"}`);
    return EXIT.done;
  },
});

const describeGarbage = ({ bytes, what, path }: Garbage) =>
  `${formatSize(bytes).padStart(9)}  ${what.padEnd(11)}  ${path}`;
