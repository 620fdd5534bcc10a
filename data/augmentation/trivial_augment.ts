/** One change of one strength, both by chance: Müller and Hutter 2021, https://arxiv.org/abs/2103.10158. */
import type { Generator } from "../torch_random.ts";
import type { PixelChange } from "./pixel_change.ts";

const BINS = 31;

/** Of torchvision's space of changes: what a strength means, which half of them have a sign. */
interface Kind {
  /** Of bin i; absent where there is no strength. */
  strength?: (i: number) => number;
  isSigned?: boolean;
  change: (strength: number, size: number) => PixelChange | undefined;
}

const enhancing = (kind: "brightness" | "saturation" | "contrast" | "sharpness"): Kind => ({
  strength: linspace(0, 0.99),
  isSigned: true,
  change: (strength) => ({ kind, factor: 1 + strength }),
});

/** In torchvision's order. */
const KINDS: readonly Kind[] = [
  { change: () => undefined },
  // F.affine's shear about the corner by the angle whose tangent this is.
  {
    strength: linspace(0, 0.99),
    isSigned: true,
    change: (shear) => ({ kind: "affine", matrix: [1, tangentOf(shear), 0, 0, 1, 0] }),
  },
  {
    strength: linspace(0, 0.99),
    isSigned: true,
    change: (shear) => ({ kind: "affine", matrix: [1, 0, 0, tangentOf(shear), 1, 0] }),
  },
  {
    strength: linspace(0, 32),
    isSigned: true,
    change: (pixels) => ({ kind: "affine", matrix: [1, 0, -Math.trunc(pixels), 0, 1, 0] }),
  },
  {
    strength: linspace(0, 32),
    isSigned: true,
    change: (pixels) => ({ kind: "affine", matrix: [1, 0, 0, 0, 1, -Math.trunc(pixels)] }),
  },
  {
    strength: linspace(0, 135),
    isSigned: true,
    change: (degrees) => ({ kind: "rotate", degrees }),
  },
  enhancing("brightness"),
  enhancing("saturation"),
  enhancing("contrast"),
  enhancing("sharpness"),
  {
    strength: (i) => Math.round(8 - i / ((BINS - 1) / 6)),
    change: (bits) => ({ kind: "posterize", bits }),
  },
  {
    strength: linspace(1, 0),
    change: (share) => ({ kind: "solarize", threshold: 255 * share }),
  },
  { change: () => ({ kind: "autocontrast" }) },
  { change: () => ({ kind: "equalize" }) },
];

/** Draws as `v2.TrivialAugmentWide()` does; undefined for no change. */
export function drawTrivialAugment(generator: Generator, size: number): PixelChange | undefined {
  const { strength, isSigned, change } = KINDS[generator.randint(0, KINDS.length)];
  if (!strength) return change(0, size);
  const drawn = strength(generator.randint(0, BINS));
  const isNegative = isSigned && generator.uniform() <= 0.5;
  return change(isNegative ? -drawn : drawn, size);
}

/** As torchvision gets at it, through an angle in degrees. */
function tangentOf(shear: number): number {
  const degrees = Math.atan(shear) * 180 / Math.PI;
  return Math.tan(degrees * Math.PI / 180);
}

/** `torch.linspace(start, end, BINS)`, of float32. */
function linspace(start: number, end: number): (i: number) => number {
  const [first, last] = [Math.fround(start), Math.fround(end)];
  const step = Math.fround(Math.fround(last - first) / (BINS - 1));
  return (i) =>
    i < BINS / 2 ? Math.fround(first + step * i) : Math.fround(last - step * (BINS - 1 - i));
}
