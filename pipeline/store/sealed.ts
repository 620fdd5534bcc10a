/** Manifests as they lie in a store, on a disk or elsewhere: any change to one shows. */
import { digestOf } from "../digest.ts";
import { isCurrent } from "../fingerprint.ts";
import type { Manifest } from "../store.ts";

interface Sealed {
  sha256: string;
  manifest: Manifest;
}

export const sealed = (manifest: Manifest): Sealed => ({ sha256: digestOf(manifest), manifest });

/** Undefined for what is altered, belongs elsewhere, or was made under other rules. */
export function unsealed(value: unknown, step: string, key: string): Manifest | undefined {
  const { sha256, manifest } = (value ?? {}) as Partial<Sealed>;
  if (!manifest || digestOf(manifest) !== sha256) return undefined;
  const isIt = manifest.step === step && manifest.key === key;
  return isIt && isCurrent(manifest.fingerprint) ? manifest : undefined;
}
