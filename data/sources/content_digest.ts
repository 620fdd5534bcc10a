import { createHash } from "node:crypto";

/**
 * A digest of many files: SHA-256 over a line `DIGEST  PATH` for each, as sha256sum writes them,
 * sorted by path (UTF-16 code units). It does not depend on how the files were packed.
 */
export function contentDigest(files: readonly { path: string; sha256: string }[]): string {
  const hash = createHash("sha256");
  for (const { path, sha256 } of files.toSorted((a, b) => a.path < b.path ? -1 : 1)) {
    hash.update(`${sha256}  ${path}\n`);
  }
  return hash.digest("hex");
}
