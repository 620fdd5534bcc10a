/** Trained models as files for other programs. */
export * from "../inference/description.ts";
export type { ExportedModel } from "./exported_model.ts";
export * from "./model_card.ts";
export * from "./onnx.ts";
export { OPSET } from "./onnx_schema.ts";
export * from "./tfjs.ts";
export * from "./torch.ts";
export * from "./usage.ts";
