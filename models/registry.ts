/** Every architecture by name: torchvision's, where it has the model. */
import type { Architecture } from "./architecture.ts";
import { efficientnetLite0 } from "./efficientnet_lite0.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { resnet18, resnet34 } from "./resnet.ts";

export const ARCHITECTURES: readonly Architecture[] = [
  resnet18,
  resnet34,
  mobilenetV2,
  efficientnetLite0,
];

/** @throws {Error} naming the architectures there are. */
export function findArchitecture(name: string): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.name === name);
  if (found) return found;
  const known = ARCHITECTURES.map((architecture) => architecture.name).join(", ");
  throw new Error(`no model is called "${name}": choose one of ${known}`);
}
