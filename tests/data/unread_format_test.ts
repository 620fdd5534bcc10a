import assert from "node:assert/strict";
import { decodeImage } from "../../data/decode.ts";
import { describeUnread } from "../../data/unread_format.ts";

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

const KINDS: [string, RegExp][] = [
  ["\0\0\0\x18ftypcrx \0\0\0\0", /raw photo/],
  ["\0\0\0\x20ftypisom\0\0\x02\0", /a video/],
  ["\0\0\0\x0cjP  \r\n\x87\n", /JPEG 2000/],
  ["\xff\x0a\xfa\x1f", /JPEG XL/],
  ["8BPS\0\x01", /Photoshop/],
  ["version https://git-lfs.github.com/spec/v1\noid sha256:00", /Git LFS pointer.*git lfs pull/],
  ["<!DOCTYPE html><title>404</title>", /a web page/],
  ["\n<!-- made by hand -->\n<HTML>", /a web page/],
  [
    '<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    /a drawing \(SVG\)/,
  ],
  ['\xef\xbb\xbf<svg width="3">', /a drawing \(SVG\)/],
  ["<?xml version='1.0'?><note/>", /an XML file/],
  ["%PDF-1.7", /a PDF/],
  ["PK\x03\x04", /a zip archive/],
  ["\0\0\0\0\0\0\0\0", /only zeros/],
  ["", /the file is empty/],
  ["some words", /no known format begins like this/],
];

Deno.test("what a misnamed file is, is said with what to do", async () => {
  for (const [start, expected] of KINDS) {
    assert.match(describeUnread(bytes(start)), expected, JSON.stringify(start));
    await assert.rejects(decodeImage(bytes(start)), { name: "ImageError", message: expected });
  }
});
