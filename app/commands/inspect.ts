/** `deno task inspect DIR|ZIP|…`: what is wrong with photos, before anything is trained. */
import * as v from "valibot";
import { defineCommand } from "../cli/command.ts";
import { flag, text } from "../cli/flag.ts";
import { STORE } from "../cli/shared_flags.ts";
import { architectureFlag, dataFlag, maxDownloadFlag, TRAINING } from "./flags.ts";

export const INSPECT_FLAGS = v.object({
  data: dataFlag,
  grid: flag(text, { value: "OUT.png", help: "draw the photos that were found" }),
  model: architectureFlag({
    value: "auto|NAME",
    help: "whose input size decides what is small (default: resnet18)",
  }, "auto"),
  fit: TRAINING.entries.fit,
  size: TRAINING.entries.size,
  "max-download": maxDownloadFlag,
  ...STORE.entries,
});

export const inspect = defineCommand({
  name: "inspect",
  group: "Train",
  summary: "say what is wrong with photos, and what to do about it",
  operands: {
    schema: v.union([v.strictTuple([]), v.strictTuple([v.string()])]),
    usage: "DIR|ZIP|…",
    takes: "one folder, zip, tar, address or package: deno task inspect DIR",
  },
  flags: INSPECT_FLAGS,
  run: async (context) => (await import("../inspect_photos.ts")).inspectPhotos(context),
});
