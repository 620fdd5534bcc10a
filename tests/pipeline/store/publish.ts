/** What tests of stores put into them. */
import { type Fingerprint, keyOf } from "../../../pipeline/fingerprint.ts";
import type { Artifact, Store } from "../../../pipeline/store.ts";
import { FileStore } from "../../../pipeline/store/file_store.ts";
import { Layout } from "../../../pipeline/store/layout.ts";
import { readTree } from "../../../pipeline/store/read_tree.ts";
import { digestOfTree } from "../../../pipeline/tree.ts";

/** In a folder, which is made. */
export function fileStore(root: string): FileStore {
  new Layout(root).create();
  return new FileStore(root);
}

function fingerprintOf(step: string, version: number): Fingerprint {
  return {
    schema: 2,
    step,
    module: "step.ts",
    files: {},
    packages: {},
    parameters: { version },
    outputs: [],
    notInDigest: [],
    inputs: {},
    externals: {},
    environment: {},
    device: null,
    denoArguments: [],
  };
}

/**
 * Publishes files as version `version` of `step`.
 *
 * @param draft a folder with what else there is
 */
export async function publish(
  store: Store,
  step: string,
  version: number,
  files: Record<string, string>,
  draft?: string,
): Promise<Artifact> {
  draft ??= await store.draft(step);
  for (const [name, text] of Object.entries(files)) {
    Deno.mkdirSync(`${draft}/${name}`.replace(/[^/]+$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${draft}/${name}`, text);
  }
  const fingerprint = fingerprintOf(step, version);
  const tree = await readTree(draft);
  return await store.publish(draft, {
    step,
    key: keyOf(fingerprint),
    fingerprint,
    texts: {},
    tree,
    content: digestOfTree(tree),
    digest: digestOfTree(tree),
    result: version,
    made: { run: "r", at: new Date(version).toISOString(), seconds: 1, deno: "2", platform: "p" },
  });
}

export const keyOfVersion = (step: string, version: number) => keyOf(fingerprintOf(step, version));
