/** `deno task export --format NAME`: the trained model as files for other programs. */
import * as v from "valibot";
import { FORMATS } from "../../export/usage.ts";
import { defineCommand, flagsAlone } from "../cli/command.ts";
import { flag, text, toggle } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { MODEL } from "./flags.ts";

export const EXPORT_FLAGS = v.object({
  format: flag(v.picklist(FORMATS), {
    value: "NAME",
    help: FORMATS.join(", "),
    required: true,
  }),
  out: flag(text, { value: "PATH", help: "the folder, or the file (default: exported/NAME)" }),
  force: toggle({ help: "replace files that are there" }),
  ...MODEL.entries,
  ...STORES.entries,
});

export const exportCommand = defineCommand({
  name: "export",
  group: "Use",
  summary: "write the trained model for other programs",
  operands: flagsAlone(" (--out says where to write)"),
  flags: EXPORT_FLAGS,
  run: async (context) => (await import("../export_model.ts")).exportModel(context),
});
