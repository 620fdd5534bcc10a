import { resolve } from "node:path";

/** Steps run in folders of their own: a relative GRAFT_MIRROR is meant from where the user stands. */
export function resolveMirror(folder: string): void {
  const mirror = Deno.env.get("GRAFT_MIRROR");
  if (mirror) Deno.env.set("GRAFT_MIRROR", realPath(folder, mirror));
}

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
