/** What PyTorch, torchvision and Pillow gave; tests/reference holds the scripts that asked them. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/** Path of a file in the folder of fixtures. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

export async function readFixture<T>(name: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(fixturePath(name)));
}

/** In hexadecimal; of floats, the digest of their bytes. */
export function sha256(values: Uint8Array | Float32Array): string {
  return createHash("sha256").update(values).digest("hex");
}
