/** Which sizes of photos a network can see. */
import type { Architecture } from "./architecture.ts";

/**
 * @param side of the square photos, in pixels
 * @throws {Error} which names sizes that work, where this one does not
 */
export function assertSide({ name, sides }: Architecture, side: number): void {
  if (!sides) return;
  if ("only" in sides) {
    if (side === sides.only) return;
    throw new Error(
      `${name} knows places in photos of ${sides.only}×${sides.only} pixels alone, not of ` +
        `${side}×${side}: take the size ${sides.only}, or another model`,
    );
  }
  const { multipleOf } = sides;
  if (side > 0 && side % multipleOf === 0) return;
  const below = Math.max(multipleOf, Math.floor(side / multipleOf) * multipleOf);
  throw new Error(
    `${name} cuts photos into squares of ${multipleOf}×${multipleOf} pixels, which do not fill ` +
      `${side}×${side}: take the size ${below} or ${below + multipleOf}`,
  );
}
