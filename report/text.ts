/** Widths of " " to "~" in Inter SemiBold, in thousandths of the type size; Regular's are smaller. */
const WIDTHS = [
  ...[252, 322, 523, 644, 651, 1005, 663, 326, 374, 374, 540, 673, 319, 466, 319, 379],
  ...[660, 423, 624, 637, 667, 613, 640, 577, 641, 640, 319, 330, 673, 673, 673, 544],
  ...[1000, 728, 660, 737, 723, 606, 588, 750, 746, 277, 580, 704, 566, 923, 760, 769],
  ...[646, 773, 653, 651, 661, 736, 728, 1021, 720, 714, 653, 374, 379, 374, 482, 470],
  ...[352, 575, 625, 583, 625, 592, 389, 626, 613, 262, 262, 570, 262, 901, 612, 609],
  ...[625, 625, 397, 550, 354, 613, 587, 840, 569, 589, 566, 455, 359, 455, 673],
];
/** Estimates for what is not ASCII: small letters, large ones, wide ones, all but letters. */
const SMALL = 640;
const LARGE = 780;
const WIDE = 1020;
const OTHER = 1000;
const WIDE_LETTERS =
  /[МмЖжФфШшЩщЫыЮюЉљЊњÆæŒœΜΩωψ\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Characters of a name that are looked at; no line of a picture holds as many. */
const LONGEST = 1000;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * A name as it can be drawn, and be in XML at all: white space becomes a space, and `visible`.
 */
export function drawable(name: string): string {
  return visible(name.slice(0, LONGEST).replace(/\s+/gu, " "));
}

/** Control characters, halves of surrogate pairs, and marks that turn what follows around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{FEFF}\u{FFFE}\u{FFFF}]/gu;

/** What of these is no white space becomes □: for pictures, XML and pages. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => /\s/.test(character) ? character : "□");
}

/** One line of text, whatever is in it: for tables, CSV and Markdown, which terminals show, too. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "\u{FFFD}");
}

/**
 * How wide text will be, in the unit of `size`: exact for ASCII, an estimate for other scripts, as
 * fonts differ where the picture is shown.
 */
export function textWidth(content: string, size: number): number {
  let width = 0;
  for (const character of content) width += characterWidth(character);
  return width * size / 1000;
}

/** Shortens drawable text with an ellipsis to at most `width`; never within a character. */
export function fitText(content: string, size: number, width: number): string {
  const whole = drawable(content);
  if (textWidth(whole, size) <= width) return whole;
  const room = width - textWidth("…", size);
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(whole)) {
    used += textWidth(segment, size);
    if (used > room) break;
    kept += segment;
  }
  return kept.trimEnd() + "…";
}

/** Shortens a path to at most `width` by leaving out its first folders; at last within its name. */
export function fitPath(path: string, size: number, width: number): string {
  const parts = drawable(path).split(/[/\\]/);
  for (let from = 0; from < parts.length; from++) {
    const shown = (from > 0 ? "…/" : "") + parts.slice(from).join("/");
    if (textWidth(shown, size) <= width) return shown;
  }
  return fitText(parts.at(-1)!, size, width);
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x7f) return WIDTHS[code - 0x20] ?? 0;
  if (/[\p{M}\p{Cf}]/u.test(character)) return 0;
  if (WIDE_LETTERS.test(character)) return WIDE;
  if (/\p{Lu}/u.test(character)) return LARGE;
  return /\p{L}/u.test(character) ? SMALL : OTHER;
}
