/** Enough to come past a comment. */
const START_BYTES = 512;

const SAVE_AS_JPEG = "which graft does not read: save it as JPEG or PNG";

/** By the first bytes. */
const SIGNATURES: [string, string][] = [
  ["\0\0\0\x0cjP  ", `a JPEG 2000 photo, ${SAVE_AS_JPEG}`],
  ["\xff\x4f\xff\x51", `a JPEG 2000 photo, ${SAVE_AS_JPEG}`],
  ["\0\0\0\x0cJXL ", `a JPEG XL photo, ${SAVE_AS_JPEG}`],
  ["\xff\x0a", `a JPEG XL photo, ${SAVE_AS_JPEG}`],
  ["8BPS", `a Photoshop document, ${SAVE_AS_JPEG}`],
  ["\0\0\x01\0", `a Windows icon, ${SAVE_AS_JPEG}`],
  ["FUJIFILMCCD-RAW", `a raw photo of a camera, ${SAVE_AS_JPEG}`],
  ["version https://git-lfs", "a Git LFS pointer and not the photo itself: run `git lfs pull`"],
  ["%PDF", "a PDF document, not a photo"],
  ["PK\x03\x04", "a zip archive, not a photo: unpack it"],
  ["\x1f\x8b", "a gzip archive, not a photo: unpack it"],
];

/** By the brand that follows the length of the first box: https://mp4ra.org/registered-types/brands */
const BRANDS: [RegExp, string][] = [
  [/^crx /, `a raw photo of a camera (CR3), ${SAVE_AS_JPEG}`],
  [/^/, "a video, not a photo"],
];

/** By what text begins with, after comments. */
const TEXTS: [RegExp, string][] = [
  [
    /^(<\?xml[^>]*>|<!doctype svg[^>]*>|\s)*<svg[\s>]/i,
    "a drawing (SVG), not a photo: save it as PNG",
  ],
  [/^<(!doctype html|html|head|body)/i, "a web page, not a photo: download the photo again"],
  [/^<\?xml/, "an XML file, not a photo"],
];

/** Says what a file is that is none of the formats that are decoded. */
export function describeUnread(bytes: Uint8Array): string {
  if (bytes.length === 0) return "the file is empty";
  const start = String.fromCharCode(...bytes.subarray(0, START_BYTES));
  const found = describeStart(start);
  if (found) return `it is ${found}`;
  return bytes.subarray(0, START_BYTES).every((byte) => byte === 0)
    ? "it holds only zeros: it was not copied or restored whole"
    : "no known format begins like this";
}

function describeStart(start: string): string | undefined {
  const signature = SIGNATURES.find(([first]) => start.startsWith(first));
  if (signature) return signature[1];
  if (start.slice(4, 8) === "ftyp") {
    return BRANDS.find(([brand]) => brand.test(start.slice(8, 12)))?.[1];
  }
  const text = start.replace("\xef\xbb\xbf", "").replace(/<!--[^]*?-->/g, "").trimStart();
  return TEXTS.find(([first]) => first.test(text))?.[1];
}
