/** Photos that show little, whatever they show: cleanvision's kinds, with its thresholds. */
import type { Examination } from "../decode_photo.ts";
import { type Finding, photosAre } from "./finding.ts";

interface Photo extends Pick<Examination, "look" | "width" | "height"> {
  path: string;
}

/** Of perceived brightness: all but 1% of a photo are darker, or all but 5% brighter. */
const DARK = 0.32;
const BRIGHT = 0.95;
/** Of `Look.edges`. */
const BLURRED = 0.29;
/** In bits. */
const LOW = 3;
/** Interquartile ranges beyond the quartiles where sizes are odd, with so many photos. */
const ODD = 3;
const ENOUGH = 10;
/** Where nearly all have one size, another is only odd if a side is so many times as long, or short. */
const ODD_TIMES = 2;

/** Each with the worst first. */
export function qualityFindings(photos: readonly Photo[]): Finding[] {
  const of = (
    kind: Finding["kind"],
    isSo: (photo: Photo) => boolean,
    worse: (photo: Photo) => number,
    [title, remedy]: [string, string],
  ): Finding[] => {
    const found = photos.filter(isSo).sort((a, b) => worse(a) - worse(b));
    if (found.length === 0) return [];
    return [{
      kind,
      severity: "warning",
      title: `${photosAre(found.length)} ${title}`,
      remedy,
      files: found.map(({ path }) => path),
    }];
  };
  const isNothing = ({ look }: Photo) => look.entropy < LOW;
  return [
    ...of("low_information", isNothing, ({ look }) => look.entropy, [
      "of next to nothing: hardly a line or a shade",
      "Look whether they show what they should; else set them aside.",
    ]),
    ...of(
      "blurred",
      (photo) => photo.look.edges < BLURRED && !isNothing(photo),
      ({ look }) => look.edges,
      [
        "blurred, even in the size that a model sees",
        "Set them aside, unless photos to be asked about will be as blurred.",
      ],
    ),
    ...of(
      "dark",
      (photo) => photo.look.highlights < DARK && !isNothing(photo),
      ({ look }) => look.highlights,
      ["so dark that hardly anything shows", "Take them again with more light, or set them aside."],
    ),
    ...of(
      "bright",
      (photo) => photo.look.shadows > BRIGHT && !isNothing(photo),
      ({ look }) => -look.shadows,
      [
        "so bright that hardly anything shows",
        "Take them again with less light, or set them aside.",
      ],
    ),
    ...of("odd_size", oddSize(photos), ({ width, height }) => -Math.abs(Math.log(width * height)), [
      "of quite another size than the others",
      "Look whether they are thumbnails, or scans among photos.",
    ]),
  ];
}

function oddSize(photos: readonly Photo[]): (photo: Photo) => boolean {
  const sizeOf = ({ width, height }: Photo) => Math.sqrt(width * height);
  const sizes = photos.map(sizeOf).sort((a, b) => a - b);
  if (sizes.length < ENOUGH) return () => false;
  const at = (share: number) => sizes[Math.round(share * (sizes.length - 1))];
  const [q1, median, q3] = [at(0.25), at(0.5), at(0.75)];
  const [least, most] = [q1 - ODD * (q3 - q1), q3 + ODD * (q3 - q1)];
  return (photo) => {
    const size = sizeOf(photo);
    const times = Math.max(size / median, median / size);
    return (size < least || size > most) && times >= ODD_TIMES;
  };
}
