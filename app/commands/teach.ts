/** `deno task teach`: a page in which a model is taught, by the camera or by photos. */
import * as v from "valibot";
import type { Program } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { flag, integer, text, toggle } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { architectureFlag, TRAINING } from "./flags.ts";

const { weights, seed, fit, size, "split-seed": splitSeed, "max-download": maxDownload } =
  TRAINING.entries;

const TEACH_FLAGS = v.object({
  port: flag(integer(0, 65535), {
    value: "N",
    help: "where the page is; photos are kept for a page by its address",
    default: "8030",
  }),
  "no-open": toggle({ help: "do not open the page in a browser" }),
  out: flag(text, {
    value: "DIR",
    help: "write the page as files for any web host instead of serving it",
  }),
  force: toggle({ help: "replace files that are there" }),
  model: architectureFlag({
    value: "NAME",
    help: "the network that looks at photos (default: mobilenet_v2)",
  }),
  weights,
  fit,
  size,
  seed,
  "split-seed": splitSeed,
  "max-download": maxDownload,
  ...STORES.entries,
});
export type TeachContext = ContextOf<typeof TEACH_FLAGS>;

export const teach = (program: Program) =>
  defineCommand({
    name: "teach",
    group: "Train",
    summary: "teach a model in the browser, by the camera or by photos",
    details:
      "Photos stay in the browser, which keeps them. What is taught goes on at the command " +
      "line: download the photos, and run --data photos.zip.",
    flags: TEACH_FLAGS,
    run: async (context) => {
      const isSeen = !context.flags.json && Deno.stderr.isTerminal();
      return (await import("../teach/teach.ts")).teachInBrowser(program, context, isSeen);
    },
  });
