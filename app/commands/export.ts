/** `deno task export --format NAME`: the trained model as files for other programs. */
import * as v from "valibot";
import { FORMATS, ONNX_INPUTS, PRECISIONS } from "../../export/usage.ts";
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
  input: flag(v.picklist(ONNX_INPUTS), {
    value: ONNX_INPUTS.join("|"),
    help:
      "what an ONNX file takes: photos of any size (the default), or tensors, prepared as its " +
      "card says",
  }),
  precision: flag(v.picklist(PRECISIONS), {
    value: PRECISIONS.join("|"),
    help: "what numbers are held in: half as many bits (onnx, safetensors), or a quarter (onnx); " +
      "what that costs is measured",
    default: "float32",
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
