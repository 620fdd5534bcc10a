/** What `deno task export` writes of a model, for a page to hand out. */
import { type CardFacts, modelCard } from "../../export/model_card.ts";
import { onnxBytes } from "../../export/onnx.ts";
import { tfjsFiles } from "../../export/tfjs.ts";
import { type ExportedModel, torchParameters } from "../../export/exported_model.ts";
import { safetensorsMetadata } from "../../export/torch.ts";
import { safetensorsParts } from "../../weights/safetensors_header.ts";

export type ModelFormat = "safetensors" | "onnx" | "tfjs";

const MAIN_FILES: Record<ModelFormat, string> = {
  safetensors: "model.safetensors",
  onnx: "model.onnx",
  tfjs: "model.json",
};

/** The files by name, the card among them. */
export function modelArchive(
  format: ModelFormat,
  model: ExportedModel,
  facts: CardFacts,
): Map<string, Blob> {
  const main = MAIN_FILES[format];
  const card = modelCard(format, main, model.description, facts);
  return new Map([...filesOf(format, model, main), ["README.md", new Blob([card])]]);
}

function filesOf(format: ModelFormat, model: ExportedModel, main: string): [string, Blob][] {
  switch (format) {
    case "safetensors":
      return [[
        main,
        new Blob(safetensorsParts(torchParameters(model), safetensorsMetadata(model))),
      ]];
    case "onnx":
      return [[main, new Blob([onnxBytes(model) as Uint8Array<ArrayBuffer>])]];
    case "tfjs":
      return Array.from(tfjsFiles(model), ([name, bytes]) => [name, new Blob([bytes])]);
  }
}
