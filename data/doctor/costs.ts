import type { Finding, FindingKind } from "./finding.ts";

/** What each kind of finding costs who leaves it as it is, in a sentence. */
const COSTS: Record<FindingKind, string> = {
  layout: "No model can be taught.",
  val_class_unknown: "The pipeline refuses the photos: no model could ever be right about them.",
  class_without_val: "The pipeline refuses the photos: of that class nothing would be known.",
  class_without_test: "Of that class nobody will know how good the model is.",
  class_without_photo: "The pipeline refuses the photos: that class cannot be taught.",
  leakage: "The accuracy is too high, as the model is asked what it was taught.",
  divided_series: "The accuracy is too high, as the model is asked about the same scene again.",
  conflicting_labels:
    "One of the labels is wrong: it teaches the wrong class, and counts as a mistake where it is measured.",
  unreadable: "The pipeline stops there.",
  truncated: "So many photos less to learn from.",
  undecodable: "So many photos less to learn from.",
  unread_format: "So many photos less to learn from.",
  unread_name: "So many photos less to learn from.",
  left_out: "So many photos less to learn from.",
  wrong_extension: "Nothing here.",
  unsorted: "So many photos less to learn from.",
  exact_duplicates:
    "They count twice: in what is learnt, and in the accuracy if they are measured.",
  near_duplicates: "They count twice: in what is learnt, and in the accuracy if they are measured.",
  class_imbalance: "The model rarely names the rare class, and the accuracy hides that.",
  few_training_photos: "The model knows these classes badly.",
  accuracy_interval: "Two models that differ by less than that cannot be told apart.",
  blurred: "The model learns little from them, and is measured by what nobody could tell.",
  dark: "The model learns little from them, and is measured by what nobody could tell.",
  bright: "The model learns little from them, and is measured by what nobody could tell.",
  low_information: "The model learns chance from them.",
  odd_size: "Little, unless one class has them: then the model may learn the size.",
  small: "What is enlarged has no detail, and a model may learn the lack of it.",
  cut_off: "What lies outside of the crop is neither learnt nor seen.",
  elongated: "What lies outside of the crop is neither learnt nor seen.",
  exif_rotated: "Nothing.",
  greyscale: "Where classes differ by it, the model may learn the colour instead of the thing.",
  shortcut: "The model may look good here and fail on photos that were taken otherwise.",
  cmyk: "Colours may be off.",
  sixteen_bit: "Nothing.",
  animated: "What the other frames show is not seen.",
  folder_use: "Nothing where that is meant.",
  passed_over: "Nothing.",
};

/** What a finding costs who leaves it as it is. */
export function costOf({ kind }: Pick<Finding, "kind">): string {
  return COSTS[kind];
}
