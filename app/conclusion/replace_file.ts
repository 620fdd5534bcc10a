import { dirname } from "node:path";

/** Whoever reads the file meanwhile has the old one or the new one, whole. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${Deno.pid}`;
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(draft, bytes);
  Deno.renameSync(draft, path);
}

export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
