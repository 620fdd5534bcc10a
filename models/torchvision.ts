/** What torchvision's models have in common. */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Preprocessing } from "./architecture.ts";

/** torchvision's preprocessing for its ImageNet weights. */
export const IMAGENET_PREPROCESSING: Preprocessing = {
  resize: 256,
  size: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * A file of torchvision's at its official address. torchvision publishes no licence for its weights
 * apart from that of its code.
 *
 * @param sha256 all digits, or those in the file's name, which are the first
 */
export function torchvisionFile(
  file: string,
  sha256: string,
): Pick<Pretrained, "file" | "sha256" | "url" | "licence"> {
  const url = `https://download.pytorch.org/models/${file}`;
  return { file, sha256, url, licence: "BSD-3-Clause (torchvision)" };
}
