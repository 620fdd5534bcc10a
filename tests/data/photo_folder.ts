/** Folders of small photos, made for a test and removed after it. */
import type { RgbImage } from "../../data/image.ts";

/** A photo as a file, in the one format that needs no encoder. */
export function toPpm({ width, height, data }: RgbImage): Uint8Array {
  const header = new TextEncoder().encode(`P6 ${width} ${height} 255\n`);
  const file = new Uint8Array(header.length + data.length);
  file.set(header);
  file.set(data, header.length);
  return file;
}

/** Runs a test with an empty folder. */
export async function withTempFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes files by path, and the folders they need. */
export async function writeFiles(
  folder: string,
  files: Record<string, Uint8Array | string>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(target, content);
    else await Deno.writeFile(target, content);
  }
}
