/** What is used of libheif's JavaScript interface, which comes without types of its results. */

import { MAX_PIXELS } from "../image.ts";

/** In words of four bytes, of a number of eight: libheif/heif_security.h. */
const MAX_IMAGE_SIZE_PIXELS = 2;

export interface LibheifError {
  code: unknown;
  message: string;
}

/** A pointer into libheif's memory. */
type Handle = Record<never, never>;

interface Decoded {
  image: Handle;
  /** Views of libheif's memory. */
  channels: { width: number; height: number; stride: number; data: Uint8Array }[];
}

export interface Libheif {
  HEAPU32: Uint32Array;
  /** Where its `struct heif_security_limits` lies. */
  _heif_get_global_security_limits(): number;
  heif_error_code: { heif_error_Ok: unknown };
  heif_colorspace: { heif_colorspace_RGB: unknown };
  heif_chroma: { heif_chroma_interleaved_RGB: unknown };
  heif_context_alloc(): Handle;
  heif_context_free(context: Handle): void;
  heif_context_read_from_memory(context: Handle, bytes: Uint8Array): LibheifError;
  heif_js_context_get_primary_image_handle(context: Handle): Handle | LibheifError;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_js_decode_image2(
    handle: Handle,
    colorspace: unknown,
    chroma: unknown,
  ): Decoded | LibheifError;
  heif_image_release(image: Handle): void;
  heif_image_handle_release(handle: Handle): void;
}

/**
 * libheif under LGPL-3, as a package of its own that whoever wants to can replace (in deno.json). It
 * is 2 MB and loaded for HEIC files alone; its WebAssembly lies in its script, so that it takes no
 * permission.
 */
export async function loadLibheif(): Promise<Libheif> {
  const { default: create } = await import("./libheif_module.js");
  const heif = create({ print() {}, printErr() {} });
  const limits = heif._heif_get_global_security_limits() / 4;
  heif.HEAPU32.set([MAX_PIXELS, 0], limits + MAX_IMAGE_SIZE_PIXELS);
  return heif;
}
