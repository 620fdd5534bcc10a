/** `deno task review DIR`: what is probably wrong with photos, to be decided on in a page. */
import * as v from "valibot";
import type { Program } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { flag, grouped, integer, toggle } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { architectureFlag, TRAINING } from "./flags.ts";

const { data, group, seed, "short-side": shortSide, "split-seed": splitSeed } = TRAINING.entries;
const { "max-download": maxDownload, backend, threads, weights } = TRAINING.entries;

const REVIEW_FLAGS = v.object({
  ...grouped("Instead of the page", {
    apply: toggle({ help: "move files as was decided; nothing is overwritten or deleted" }),
    undo: toggle({ help: "take back what --apply moved" }),
    list: toggle({ help: "list what was found, the worst first" }),
  }).entries,
  port: flag(integer(0, 65535), { value: "N", help: "where the page is", default: "8010" }),
  model: architectureFlag({
    value: "NAME",
    help: "whose features labels are judged by (default: mobilenet_v2)",
  }),
  weights,
  data,
  group,
  seed,
  "short-side": shortSide,
  "split-seed": splitSeed,
  "max-download": maxDownload,
  backend,
  threads,
  ...STORES.entries,
});

const operands = {
  schema: v.union([v.strictTuple([]), v.strictTuple([v.string()])]),
  usage: "DIR",
  takes: "one folder of photos: deno task review DIR",
};
export type ReviewContext = ContextOf<typeof REVIEW_FLAGS>;

export const review = (program: Program) =>
  defineCommand({
    name: "review",
    group: "Train",
    summary: "mend labels and set photos aside in a page, the worst first",
    details: "What is decided is kept in graft-review.json among the photos, which the pipeline " +
      "reads; no photo is changed.",
    operands,
    flags: REVIEW_FLAGS,
    run: async (context) => (await import("../review/review.ts")).reviewPhotos(program, context),
  });
