import { resolve } from "node:path";

/**
 * Where `path` leads from `folder`, links followed: Deno's permissions are about what a link points
 * to. A path that leads nowhere stays as it is; whoever opens it will say so.
 */
export function realPath(folder: string, path: string): string {
  const absolute = resolve(folder, path);
  try {
    return Deno.realPathSync(absolute);
  } catch {
    return absolute;
  }
}
