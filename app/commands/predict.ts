/** `deno task predict PATH…`: labels for one's own photos. */
import { resolve } from "node:path";
import * as v from "valibot";
import { defineCommand } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { flag, integer, number, text } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { SORT_WAYS } from "../predictions/sort_photos.ts";
import { backendFlag, MODEL, precisionFlag, threadsFlag } from "./flags.ts";

/** Ten times as many are held in memory. */
const MOST_TO_LABEL = 5000;

export const PREDICT_FLAGS = v.object({
  top: flag(integer(1), { value: "K", help: "how many classes to list", default: "5" }),
  format: flag(v.picklist(["table", "json", "csv"]), {
    value: "table|json|csv",
    help: "how photos and their labels are written (default: table, with --json json)",
  }),
  abstain: flag(number(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))), {
    value: "SHARE",
    help: "answer only where it is sure enough to be right this often, such as 0.95",
  }),
  sort: flag(text, {
    value: "DIR",
    help: "put photos into a folder a class there, `unsure` and `none of these` beside",
  }),
  "sort-by": flag(v.picklist(SORT_WAYS), {
    value: SORT_WAYS.join("|"),
    help: "how they get there; nothing is overwritten",
    default: "copy",
  }),
  "undo-sort": flag(text, { value: "DIR", help: "take back what was sorted there" }),
  "label-next": flag(integer(1, MOST_TO_LABEL), {
    value: "N",
    help: "list the photos that would teach the model most, were they labelled",
  }),
  grid: flag(text, { value: "OUT.png", help: "draw the labelled photos" }),
  explain: flag(text, {
    value: "OUT.png",
    help: "draw what speaks for each label (Grad-CAM)",
  }),
  // The adapter takes longer to start than a photo takes on the CPU: a GPU only when asked for.
  backend: backendFlag("wasm"),
  threads: threadsFlag,
  precision: precisionFlag,
  ...MODEL.entries,
  ...STORES.entries,
});

/** @param v8Flags arguments of `deno run` for processes that compute and parse nothing */
export const predict = (v8Flags: () => Promise<readonly string[]>) =>
  defineCommand({
    name: "predict",
    group: "Use",
    summary: "label photos with a trained model",
    details: "Photos are files, folders, patterns, or with - a list on stdin.",
    operands: {
      schema: v.array(v.string()),
      usage: "PATH…",
      takes: "photos, folders, patterns or -: deno task predict ant.jpg",
    },
    flags: PREDICT_FLAGS,
    run: async (context) => {
      const { flags, operands } = context;
      if (flags["undo-sort"] !== undefined) {
        return await (await import("../predictions/undo_sort.ts")).undoSorted(context);
      }
      if (operands.length === 0) {
        throw new UsageError(
          "predict takes photos, folders, patterns or -: deno task predict ant.jpg",
        );
      }
      // They start while the rest is loaded, for which no other command should wait.
      const { Croppers } = await import("../../data/croppers.ts");
      const { threads = navigator.hardwareConcurrency } = flags;
      using croppers = new Croppers(arePhotos(operands, context.folder) ? 1 : threads);
      const { predictPaths } = await import("../predictions/predict.ts");
      return await predictPaths(context, croppers, await v8Flags());
    },
  });

/** Whether they are files, of which nobody types many. */
function arePhotos(operands: readonly string[], folder: string): boolean {
  try {
    return operands.every((operand) => Deno.statSync(resolve(folder, operand)).isFile);
  } catch {
    return false;
  }
}
