import { bundleScripts } from "../page/bundle.ts";

/** The review's page as files by name. */
export async function reviewFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const names = ["index.html", "style.css"];
  const files = names.map(async (name) => {
    const url = new URL(`./static/${name}`, import.meta.url);
    return [name, await Deno.readFile(url)] as const;
  });
  return new Map([
    ...await Promise.all(files),
    ...await bundleScripts({ "review.js": "../review/dom/review.ts" }),
  ]);
}
