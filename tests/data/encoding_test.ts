import assert from "node:assert/strict";
import { readEncoding } from "../../data/encoding.ts";
import { sniffImageFormat } from "../../data/image_format.ts";
import { animatedGif, animatedPng, png16, tiffPages } from "./image_files.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };

const cases: { name: string; file: string; upright?: string }[] = photoFiles;

function encodingOf(bytes: Uint8Array) {
  return readEncoding(bytes, sniffImageFormat(bytes)!);
}

const fixture = (name: string) =>
  Uint8Array.from(
    atob(cases.find((file) => file.name === name)!.file),
    (c) => c.charCodeAt(0),
  );

Deno.test("printing colours, deep samples and frames are read from the headers of every format", () => {
  assert.equal(encodingOf(fixture("cmyk.jpeg")).cmyk, true);
  assert.equal(encodingOf(fixture("4:2:0.jpeg")).cmyk, false);
  assert.equal(encodingOf(png16()).bits, 16);
  assert.equal(encodingOf(new TextEncoder().encode("P6 # wide\n1 1 65535\n\0\0\0\0\0\0")).bits, 16);
  assert.equal(encodingOf(new TextEncoder().encode("P6 1 1 255\n\0\0\0")).bits, 8);
  assert.deepEqual([1, 2].map((frames) => encodingOf(animatedGif(frames)).animated), [false, true]);
  assert.equal(encodingOf(animatedPng()).animated, true);
  assert.deepEqual([1, 2].map((pages) => encodingOf(tiffPages(pages)).animated), [false, true]);
});

Deno.test("format, frames and orientation of every fixture are read", () => {
  for (const { name, file, upright } of cases) {
    const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
    const { format, animated, orientation } = encodingOf(bytes);
    assert.ok(name.endsWith(format), name);
    assert.equal(animated, name === "animated.gif", name);
    const [, turned] = /orientation (\d)/.exec(name) ?? [];
    if (turned) assert.equal(orientation, Number(turned), name);
    else assert.equal(orientation !== 1, upright !== undefined, name);
  }
});
