import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/**
 * All that decides how facts are drawn: what reads them, and what `report/` may import, which is
 * itself and `data/` (a test holds that), with the versions of packages.
 */
const CODE = [
  "app/conclusion",
  "data",
  "deno.lock",
  "models/manifest.ts",
  "report",
  "tasks/artifacts",
];

/**
 * A digest that changes when the code that draws may have: of names, sizes and times of change, as
 * nothing is lost by drawing once too often. Takes a few milliseconds.
 */
export function drawingCode(root: URL = new URL("../../", import.meta.url)): string {
  const hash = createHash("sha256");
  if (root.protocol !== "file:") return root.href; // code from elsewhere has its version in its address
  for (const name of CODE) addTo(hash, fileURLToPath(new URL(name, root)));
  return hash.digest("hex").slice(0, 32);
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const { isDirectory, size, mtime } = Deno.statSync(path);
  if (!isDirectory) {
    hash.update(`${path} ${size} ${mtime?.getTime()}\n`);
    return;
  }
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  for (const name of names) addTo(hash, `${path}/${name}`);
}
