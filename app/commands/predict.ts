/** `deno task predict PATH…`: labels for one's own photos. */
import * as v from "valibot";
import { defineCommand } from "../cli/command.ts";
import { flag, integer, number, text } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { backendFlag, MODEL, threadsFlag } from "./flags.ts";

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
  grid: flag(text, { value: "OUT.png", help: "draw the labelled photos" }),
  explain: flag(text, {
    value: "OUT.png",
    help: "draw what speaks for each label (Grad-CAM)",
  }),
  // The adapter takes longer to start than a photo takes on the CPU: a GPU only when asked for.
  backend: backendFlag("wasm"),
  threads: threadsFlag,
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
      schema: v.pipe(v.array(v.string()), v.minLength(1)),
      usage: "PATH…",
      takes: "photos, folders, patterns or -: deno task predict ant.jpg",
    },
    flags: PREDICT_FLAGS,
    run: async (context) => {
      // It starts while tfjs is loaded, for which no other command should wait.
      const { CropProcesses } = await import("../../data/crop_processes.ts");
      using crops = new CropProcesses(1);
      const { predictPaths } = await import("../predictions/predict.ts");
      return await predictPaths(context, crops, await v8Flags());
    },
  });
