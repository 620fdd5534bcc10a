/** Text that comes from anywhere (names of files, what steps print) for terminals, logs and JSON. */

/**
 * What moves a cursor, ends a line, or turns the direction of what follows: a terminal would obey.
 * Joiners stay, as letters of Persian and pictures of families need them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{FEFF}\u{FFFE}\u{FFFF}]/gu;

/** One line, whatever is in it. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, "\u{FFFD}");

/** Text of several lines, which may be set in by tabs. */
export const printableLines = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(
    UNPRINTABLE,
    (character) => /[\n\t]/.test(character) ? character : "\u{FFFD}",
  );

/**
 * JSON that says the same, with escapes for what a terminal would obey.
 * @param conceal what to do to each text in it
 */
export const printableJson = (
  value: unknown,
  conceal: (text: string) => string = (text) => text,
): string =>
  JSON.stringify(value, (_, field) => typeof field === "string" ? conceal(field) : field).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
