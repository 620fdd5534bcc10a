/** `deno task fuzz`: attacks all that reads files and answers strangers, by chance that repeats. */
import { parseArgs } from "node:util";
import { bombs } from "./bombs.ts";
import { campaign } from "./campaign.ts";
import { fullDisk } from "./full_disk.ts";
import { http } from "./http.ts";
import type { Kind } from "./kind.ts";
import { kills } from "./kills.ts";
import { mutants } from "./mutants.ts";
import { storeDamage } from "./store_damage.ts";
import { secondsOf, table } from "./table.ts";

const KINDS: Kind[] = [mutants, bombs, kills, storeDamage, fullDisk, http];

const USAGE = `usage: deno task fuzz [--for 2m|2h|90s] [--seed N] [--only KIND] [--case N] [--json]
  KIND is one of ${KINDS.map(({ name }) => name).join(", ")}; --case N repeats one case`;

function readArguments() {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      for: { type: "string", default: "2m" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      case: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const seconds = secondsOf(values.for), seed = Number(values.seed);
  const kinds = KINDS.filter(({ name }) => values.only === undefined || name === values.only);
  const only = values.case === undefined ? undefined : Number(values.case);
  if (seconds === undefined || !Number.isSafeInteger(seed) || kinds.length === 0) throw new Error();
  if (only !== undefined && !Number.isSafeInteger(only)) throw new Error();
  return { seconds, seed, kinds, case: only, json: values.json };
}

let options: ReturnType<typeof readArguments>;
try {
  options = readArguments();
} catch {
  console.error(USAGE);
  Deno.exit(2);
}
const tallies = await campaign(options.kinds, { ...options, say: (line) => console.error(line) });
if (options.json) { for (const tally of tallies) console.log(JSON.stringify(tally)); }
else {
  console.log(`seed ${options.seed}\n${table(tallies)}`);
  for (const { kind, slowest } of tallies) {
    if (slowest.what) console.log(`slowest of ${kind}: case ${slowest.case}, ${slowest.what}`);
  }
}
Deno.exit(tallies.some(({ problems }) => problems.length > 0) ? 1 : 0);
