/** What every model file exports. */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Layers } from "./layers.ts";
import type { FITS } from "./manifest.ts";

/** How a photo becomes the network's input, as the pretrained weights expect it. */
export interface Preprocessing {
  /** Shorter side after Resize; with `pad` and `squash`, the size itself. */
  resize: number;
  /** Side of the square that the network sees. */
  size: number;
  /**
   * How a photo becomes that square: its middle, the whole with margins of the mean colour, or the whole
   * out of proportion. Weights are made with `crop`, which is meant where it is left out.
   */
  fit?: typeof FITS[number];
  /** Per channel, of values in 0…1. */
  mean: [number, number, number];
  std: [number, number, number];
  /** How pixels between pixels are come by; bilinear where it is left out. */
  interpolation?: "bilinear" | "bicubic";
}

/** Where in Python the parameters fit, for the code that exports show. */
export type PythonHome =
  /** The function of `torchvision.models` whose model takes them by `load_state_dict`. */
  | { torchvision: string }
  /** None of torchvision's; whose names the parameters have. */
  | { namesOf: string };

/** Everything that is known of an architecture: to the registry it is one line. */
export interface Architecture {
  /** torchvision's name of the model, where it has it. */
  name: string;
  /**
   * Name of the architecture with the same computation and parameters, of which this has other
   * weights: what is certified of that one holds for it.
   */
  variantOf?: string;
  /** Name of the last `nn.Linear`, the one that transfer learning replaces. */
  head: string;
  preprocessing: Preprocessing;
  /** Of a photo as the network sees it, in pixels; absent where any will do. */
  sides?: { multipleOf: number } | { only: number };
  /** What parameters are called in files older than their names of today, and these. */
  formerNames?: readonly (readonly [former: RegExp, name: string])[];
  /** Absent where nobody publishes weights that we know: training starts from a file then. */
  pretrained?: Pretrained;
  /** Absent where no program in Python has the model. */
  python?: PythonHome;
  /**
   * [batch, size, size, 3] to [batch, features], what the head reads: what stays frozen in a feature
   * extractor.
   */
  features<T>(layers: Layers<T>, x: T): T;
  /**
   * The end of `features`, from the mean of the last feature map on; absent where that mean is what
   * the head reads.
   */
  neck?<T>(layers: Layers<T>, mean: T): T;
  /** [batch, features] to logits [batch, classes]. */
  classifier<T>(layers: Layers<T>, features: T, classes: number): T;
}
