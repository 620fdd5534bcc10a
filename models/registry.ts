/** Every architecture by name: torchvision's, where it has the model. Nothing here loads tfjs. */
import type { Architecture } from "./architecture.ts";
import { convnextTiny } from "./convnext.ts";
import { deitSmall, deitTiny } from "./deit.ts";
import { dinov2Small, dinov2SmallRegisters } from "./dinov2.ts";
import { efficientnetLite0 } from "./efficientnet_lite0.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { resnet18, resnet34 } from "./resnet.ts";
import { vitB16 } from "./vit.ts";

export const ARCHITECTURES: readonly Architecture[] = [
  resnet18,
  resnet34,
  mobilenetV2,
  efficientnetLite0,
  convnextTiny,
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
