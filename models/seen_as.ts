/** An architecture whose photos are prepared for otherwise than for its pretrained weights. */
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { ModelManifest } from "./manifest.ts";
import { findArchitecture } from "./registry.ts";
import { assertSide } from "./sides.ts";
import { LEAST_SIZE, MOST_SIZE } from "./sizes.ts";

/** What may be asked for; what is left out stays as the pretrained weights expect it. */
export type AskedView = Partial<Pick<Preprocessing, "fit" | "size">>;

/** The architecture as the model that `model.json` describes sees photos. */
export function describedArchitecture(
  { architecture, preprocessing }: Pick<ModelManifest, "architecture" | "preprocessing">,
): Architecture {
  return { ...findArchitecture(architecture), preprocessing };
}

/**
 * How photos become squares of another size, or in another way. A centre crop keeps its share of the
 * resized photo, as timm's `crop_pct`.
 *
 * @throws {Error} where the architecture cannot see photos of that size, naming what works
 */
export function preprocessingFor(
  architecture: Architecture,
  { fit = "crop", size = architecture.preprocessing.size }: AskedView,
): Preprocessing {
  const { preprocessing } = architecture;
  if (!(size >= LEAST_SIZE && size <= MOST_SIZE)) {
    throw new Error(
      `photos of ${size}×${size} pixels are looked at by no network: take a size from ${LEAST_SIZE} ` +
        `to ${MOST_SIZE}`,
    );
  }
  assertSide(architecture, size);
  const isCrop = fit === "crop";
  return {
    ...preprocessing,
    resize: isCrop ? Math.floor(size * preprocessing.resize / preprocessing.size) : size,
    size,
    ...(!isCrop && { fit }),
  };
}
