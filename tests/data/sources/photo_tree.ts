import { dirname, join } from "node:path";

/** Paths of `count` photos in a folder: `ants/0.jpg` and so on. */
export function photos(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);
}

/** Writes files whose content is their path; a path that ends in `/` becomes an empty folder. */
export function writeTree(root: string, paths: string[]) {
  for (const path of paths) {
    const target = join(root, path);
    Deno.mkdirSync(path.endsWith("/") ? target : dirname(target), { recursive: true });
    if (!path.endsWith("/")) Deno.writeTextFileSync(target, path);
  }
}

/** All files below a folder, relative to it and sorted, with their content. */
export function readTree(root: string, folder = ""): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = [...Deno.readDirSync(join(root, folder))].sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  for (const { name, isDirectory } of entries) {
    const path = folder ? `${folder}/${name}` : name;
    if (isDirectory) Object.assign(found, readTree(root, path));
    else found[path] = Deno.readTextFileSync(join(root, path));
  }
  return found;
}
