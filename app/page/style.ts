/** Pages look like one family: each has a stylesheet of its own behind the one that all share. */
import { fileURLToPath } from "node:url";

const HOUSE = import.meta.resolve("./static/house.css");

/** @param own the address of the page's own stylesheet */
export async function styleOf(own: string): Promise<Uint8Array<ArrayBuffer>> {
  const sheets = [HOUSE, own].map((url) => Deno.readTextFile(fileURLToPath(url)));
  return new TextEncoder().encode((await Promise.all(sheets)).join("\n"));
}
