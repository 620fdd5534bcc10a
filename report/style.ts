/**
 * What all pictures share. Colours that carry meaning are Okabe and Ito's, which people with any
 * colour vision tell apart, some a shade darker for contrast on white
 * (https://jfly.uni-koeln.de/color/).
 */
export const COLOUR = {
  paper: "#ffffff",
  ink: "#1a1f27",
  muted: "#5d6778",
  faint: "#98a2b1",
  hairline: "#e3e7ed",
  track: "#edf0f4",
  neutral: "#0067a3",
  right: "#007a5a",
  wrong: "#c94a00",
};

/** One colour a branch, in the order in which branches are given; then they begin again. */
export const BRANCH_COLOURS = ["#0067a3", "#d97706", "#a2498a", "#007a5a", "#4b5563"];

/** Type scale, in CSS pixels. */
export const SIZE = { title: 20, heading: 15, remark: 13, label: 12 };

/** Blank around every picture, in CSS pixels. */
export const MARGIN = 32;

export const FONT_FAMILY = "Inter, 'DejaVu Sans', system-ui, sans-serif";

/** Image pixels a CSS pixel: type is crisp on dense screens, photos do not become megabytes. */
export const PIXEL_RATIO = { diagram: 2, photos: 1.5 };
