/** What stands in browsers for what Deno has: for the page and for the packages. */

const ROOT = new URL("../../../", import.meta.url);
const HERE = new URL("./", import.meta.url);

/** Modules of ours, by their place in the project, and files of this folder. */
const MODULES: Record<string, string> = {
  "data/codecs/mozjpeg_module.js": "mozjpeg_module.ts",
  "data/codecs/libwebp_module.js": "libwebp_module.ts",
  "data/codecs/libavif_module.js": "libavif_module.ts",
  "data/codecs/libheif_module.js": "libheif_module.ts",
  "data/codecs/imagescript_gif_module.js": "imagescript_gif_module.ts",
  "data/codecs/imagescript_jpeg_module.js": "imagescript_jpeg_module.ts",
};

/** A thread of the pool, where it begins in browsers. */
export const THREAD_ENTRY = new URL("thread.ts", HERE).href;

/** What is imported, by its address or its name of Node's, and the address of what is meant instead. */
export const BROWSER_MODULES: Readonly<Record<string, string>> = {
  "node:url": new URL("url.ts", HERE).href,
  "node:worker_threads": new URL("worker_threads.ts", HERE).href,
  "node:zlib": new URL("zlib.ts", HERE).href,
  ...Object.fromEntries(
    Object.entries(MODULES).map(([module, file]) => [
      new URL(module, ROOT).href,
      new URL(file, HERE).href,
    ]),
  ),
};

/** The same for what single modules import. */
export const BROWSER_MODULES_WITHIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [new URL("backend/wasm/worker.ts", ROOT).href]: {
    "node:worker_threads": new URL("thread_data.ts", HERE).href,
  },
};
