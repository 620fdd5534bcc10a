/** `deno task predict --undo-sort DIR`: photos back to where they lay. */
import { resolve } from "node:path";
import { counted } from "../../data/statistics/percent.ts";
import { printable } from "../../report/text.ts";
import type { ContextOf } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import type { PREDICT_FLAGS } from "../commands/predict.ts";
import { undoSort } from "./sort_photos.ts";

export async function undoSorted(context: ContextOf<typeof PREDICT_FLAGS>): Promise<number> {
  const { flags, operands, folder, json, say } = context;
  if (operands.length > 0) {
    throw new UsageError("--undo-sort takes the sorted folder alone: no photos besides");
  }
  const { undone, kept } = await undoSort(resolve(folder, flags["undo-sort"]!));
  if (flags.json) json({ undone, kept });
  else {
    say(`${counted(undone, "photo")} taken back`);
    for (const { path, reason } of kept) say(printable(`${path} ${reason}: it stays`));
  }
  return kept.length > 0 ? EXIT.failed : EXIT.done;
}
