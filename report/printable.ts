/** A name as a terminal may show it: names come from anywhere, and none may move the cursor. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "\u{FFFD}");
