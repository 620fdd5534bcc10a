/** Every architecture by name: torchvision's, where it has the model. Nothing here loads tfjs. */
import type { Architecture } from "./architecture.ts";
import { convnextTiny } from "./convnext.ts";
import { deitSmall, deitTiny } from "./deit.ts";
import { dinov2Small, dinov2SmallRegisters } from "./dinov2.ts";
import { efficientnetB0, efficientnetV2S } from "./efficientnet.ts";
import { efficientnetLite0, efficientnetLite1, efficientnetLite2 } from "./efficientnet_lite.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { mobilenetV3Large, mobilenetV3LargeV2, mobilenetV3Small } from "./mobilenet_v3.ts";
import { mobilenetV4ConvMedium, mobilenetV4ConvSmall } from "./mobilenet_v4.ts";
import { regnetY400MF, regnetY400MFV2 } from "./regnet.ts";
import {
  resnet101,
  resnet101V2,
  resnet18,
  resnet34,
  resnet34A1,
  resnet50,
  resnet50V2,
} from "./resnet.ts";
import { swinT } from "./swin.ts";
import { vitB16 } from "./vit.ts";

export const ARCHITECTURES: readonly Architecture[] = [
  resnet18,
  resnet34,
  resnet34A1,
  resnet50,
  resnet50V2,
  resnet101,
  resnet101V2,
  mobilenetV2,
  mobilenetV3Small,
  mobilenetV3Large,
  mobilenetV3LargeV2,
  mobilenetV4ConvSmall,
  mobilenetV4ConvMedium,
  efficientnetLite0,
  efficientnetLite1,
  efficientnetLite2,
  efficientnetB0,
  efficientnetV2S,
  regnetY400MF,
  regnetY400MFV2,
  convnextTiny,
  swinT,
  deitTiny,
  deitSmall,
  vitB16,
  dinov2Small,
  dinov2SmallRegisters,
];

/** The names to choose from, for help and messages. */
export const ARCHITECTURE_NAMES: readonly string[] = architectureNames();

export function architectureNames(
  architectures: readonly Architecture[] = ARCHITECTURES,
): string[] {
  return architectures.map(({ name }) => name);
}

/** @throws {Error} naming the architectures there are. */
export function findArchitecture(
  name: string,
  architectures: readonly Architecture[] = ARCHITECTURES,
): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (found) return found;
  const known = architectureNames(architectures).join(", ");
  throw new Error(`no model is called "${name}": choose one of ${known}`);
}
