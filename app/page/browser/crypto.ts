/** `node:crypto`, as much of it as dividing photos uses. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Of SHA-256 alone. */
export function createHash(_name: "sha256") {
  const hash = sha256.create();
  const own = {
    update: (text: string) => {
      hash.update(new TextEncoder().encode(text));
      return own;
    },
    digest: (_encoding: "hex") => bytesToHex(hash.digest()),
  };
  return own;
}
