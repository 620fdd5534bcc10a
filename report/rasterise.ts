import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
// Nothing else imports these packages, and Deno downloads what is imported; also their versions
// are thereby part of what a step's code is.
import "@expo-google-fonts/inter/package.json" with { type: "json" };
import "dejavu-fonts-ttf/package.json" with { type: "json" };
import { encodePng } from "./png.ts";
import resvgModule from "./resvg_module.js";
import { COLOUR } from "./style.ts";
import type { Picture } from "./svg.ts";

/**
 * Inter for Latin, Greek and Cyrillic, DejaVu for what Inter lacks. Neither has Chinese, Japanese,
 * Korean or Indian scripts: these become boxes, as their fonts weigh ten times all others together.
 */
const FONTS = [
  import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
  import.meta.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
];

/** A picture of more pixels is drawn coarser: so many take 50 MB and a second or two. */
const MOST_PIXELS = 12e6;

let fonts: Promise<Uint8Array[]> | undefined;

/** The files that drawing reads, as paths for `--allow-read`; it needs no other permission. */
export function reportPermissions(): string[] {
  return FONTS.map((url) => fileURLToPath(url));
}

/** Draws a picture as PNG. Fonts are read once. */
export async function rasterise(
  { svg, width, height, pixelRatio }: Picture,
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
    return encodePng({ width, height, data: withoutAlpha(pixels) });
  } finally {
    rendered.free();
    resvg.free();
  }
}

async function load(): Promise<Uint8Array[]> {
  await initWasm(resvgModule);
  return await Promise.all(FONTS.map((url) => Deno.readFile(new URL(url))));
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
