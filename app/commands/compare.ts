/** `deno task compare RUN RUN`: in what two runs differ. */
import * as v from "valibot";
import { compareRuns } from "../../pipeline/explain/compare.ts";
import { defineCommand } from "../cli/command.ts";
import { comparisonTable } from "../cli/comparison_table.ts";
import { EXIT } from "../cli/exit.ts";
import { STORES } from "../cli/shared_flags.ts";
import { runNamed } from "./run_named.ts";

export const compare = defineCommand({
  name: "compare",
  group: "Look",
  summary: "show parameters, code and results in which two runs differ",
  operands: {
    schema: v.strictTuple([v.string(), v.string()]),
    usage: "RUN RUN",
    takes: "two runs, such as `compare latest~1 latest` (see `runs`)",
  },
  flags: STORES,
  async run({ flags, operands, store, readFrom, json, say, sayPath }) {
    const before = await runNamed(store, operands[0]);
    const after = await runNamed(store, operands[1]);
    const compared = await compareRuns(store, before, after, readFrom);
    const table = comparisonTable([before.id, after.id], compared);
    const { drawComparison } = await import("../comparison/draw_comparison.ts");
    const page = await drawComparison([before, after], table, { store, readFrom });
    if (flags.json) {
      compared.forEach(json);
      if (page) json({ page });
      return EXIT.done;
    }
    say(table);
    if (page) sayPath(page, "\npage: ");
    return EXIT.done;
  },
});
