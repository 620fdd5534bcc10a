/** The one suite that every backend passes, in every mode. */
import { activationContract } from "./activation.ts";
import { batchNormContract } from "./batch_norm.ts";
import { conv2dContract } from "./conv2d.ts";
import { depthwiseContract } from "./depthwise.ts";
import { derivativesContract } from "./derivatives.ts";
import { groupedConv2dContract } from "./grouped_conv2d.ts";
import { layersContract } from "./layers.ts";
import { lazyContract } from "./lazy.ts";
import { lossContract } from "./loss.ts";
import { networksContract } from "./networks.ts";
import { operationsContract } from "./operations.ts";
import { optimisersContract } from "./optimisers.ts";
import { photosContract } from "./photos.ts";
import { squeezeExcitationContract } from "./squeeze_excitation.ts";
import type { Subject } from "./subject.ts";
import { transformersContract } from "./transformers.ts";

export function declareContract(subject: Subject): void {
  conv2dContract(subject);
  depthwiseContract(subject);
  groupedConv2dContract(subject);
  batchNormContract(subject);
  activationContract(subject);
  squeezeExcitationContract(subject);
  operationsContract(subject);
  optimisersContract(subject);
  lossContract(subject);
  derivativesContract(subject);
  lazyContract(subject);
  networksContract(subject);
  layersContract(subject);
  transformersContract(subject);
  photosContract(subject);
}
