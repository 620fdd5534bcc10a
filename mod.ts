/**
 * Transfer learning for images on tfjs: PyTorch-exact data and training, and weights as PyTorch
 * saves them. The backends that make tfjs fit to train are entry points of their own,
 * `graft/backend/wasm` and `graft/backend/webgpu`; so is the orchestrator, `graft/pipeline`.
 *
 * @example A trained model in one's own program
 * ```ts ignore
 * import { loadClassifier } from "graft";
 *
 * const model = await loadClassifier("model.safetensors");
 * const { label, probability, noneOfThese } = await model.predict(await Deno.readFile("bee.jpg"));
 * ```
 *
 * @example The parts
 * ```ts ignore
 * import { models, weights } from "graft";
 *
 * const specs = models.parameterSpecs(models.resnet18, 1000);
 * const parameters = weights.convertStateDict(await weights.readStateDict("resnet18.pth"), specs);
 * const model = new models.Model(models.resnet18, 1000, parameters);
 * ```
 *
 * @module
 */
export * as data from "./data/mod.ts";
export * as doctor from "./data/doctor/mod.ts";
export * as inference from "./inference/mod.ts";
export {
  type Classification,
  type Classifier,
  type ClassifierOptions,
  loadClassifier,
  type ModelSource,
  PhotoError,
  type PhotoInput,
} from "./inference/load_classifier.ts";
export * as models from "./models/mod.ts";
export * as report from "./report/mod.ts";
export * as training from "./training/mod.ts";
export * as weights from "./weights/mod.ts";
