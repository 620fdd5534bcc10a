import type { RgbImage } from "../../data/image.ts";
import imagescript from "imagescript/wasm/node/png.js";

interface Decoded {
  width: number;
  height: number;
  /** RGBA. */
  framebuffer: Uint8Array;
}

/** Decodes a PNG file with a decoder that is not ours. */
export async function decodeWithImagescript(bytes: Uint8Array): Promise<RgbImage> {
  const decoder: { decode(bytes: Uint8Array): Decoded } = await imagescript.init();
  const { width, height, framebuffer } = decoder.decode(bytes);
  return { width, height, data: framebuffer.filter((_, i) => i % 4 !== 3) };
}
