import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { FONT_FILES } from "./fonts.ts";
import { encodePng } from "./png.ts";
import resvgModule from "./resvg_module.js";
import { COLOUR } from "./style.ts";
import type { Picture } from "./svg.ts";

/** A picture of more pixels is drawn coarser: so many take 50 MB and a second or two. */
const MOST_PIXELS = 12e6;

let fonts: Promise<Uint8Array[]> | undefined;

/**
 * Draws a picture as PNG. Takes the permission to read `FONT_FILES`, which it does once.
 * @param source what it was drawn from: kept in the file, after its header
 */
export async function rasterise(
  { svg, width, height, pixelRatio }: Picture,
  source?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  fonts ??= load();
  const fontBuffers = await fonts;
  const zoom = Math.min(pixelRatio, Math.sqrt(MOST_PIXELS / (width * height)));
  const resvg = new Resvg(svg, {
    background: COLOUR.paper,
    font: { fontBuffers, defaultFontFamily: "Inter" },
    fitTo: { mode: "zoom", value: zoom },
  });
  const rendered = resvg.render();
  try {
    const { width, height, pixels } = rendered;
    return encodePng({ width, height, data: withoutAlpha(pixels) }, undefined, source);
  } finally {
    rendered.free();
    resvg.free();
  }
}

async function load(): Promise<Uint8Array[]> {
  await initWasm(resvgModule);
  return await Promise.all(FONT_FILES.map((path) => Deno.readFile(path)));
}

/** RGBA to RGB; the paper is opaque. */
function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
  return rgb;
}
