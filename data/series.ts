/** Photos that one camera took one soon after another: a burst, or one subject from all sides. */
import type { Shot } from "./exif_time.ts";

/**
 * Photos in series, each in the order of its times; a photo that does not say when it was taken is in
 * none, and one that nothing was taken near is a series by itself.
 *
 * @param pause seconds without a photo that end a series
 */
export function seriesOf<Photo>(
  photos: readonly Photo[],
  shotOf: (photo: Photo) => Shot | undefined,
  pause: number,
): Photo[][] {
  const shots = photos.flatMap((photo) => {
    const shot = shotOf(photo);
    return shot ? [{ photo, ...shot }] : [];
  });
  const series: Photo[][] = [];
  for (const ofCamera of Map.groupBy(shots, ({ camera }) => camera).values()) {
    ofCamera.sort((a, b) => a.seconds - b.seconds);
    for (const [i, { photo, seconds }] of ofCamera.entries()) {
      if (i === 0 || seconds - ofCamera[i - 1].seconds > pause) series.push([]);
      series.at(-1)!.push(photo);
    }
  }
  return series;
}
