import { bundleScripts } from "../page/bundle.ts";
import { readFiles } from "../page/page_files.ts";
import { styleOf } from "../page/style.ts";

/** The review's page as files by name. */
export async function reviewFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { href } = new URL("./static/", import.meta.url);
  return new Map([
    ...await readFiles({ "index.html": `${href}index.html` }),
    ["style.css", await styleOf(`${href}style.css`)],
    ...await bundleScripts({ "review.js": "../review/dom/review.ts" }),
  ]);
}
