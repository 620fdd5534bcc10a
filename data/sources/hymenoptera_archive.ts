/** Where the photos of the PyTorch tutorial are from. */
import type { RemoteFile } from "../download/obtain.ts";

/**
 * The archive, in two packings with the same photos: as PyTorch serves it (47,286,322 bytes; the
 * first digest stands in `.jenkins/download_data.py` of pytorch/tutorials), and packed again without
 * compression (47,457,124 bytes), as it goes around in mirrors.
 */
export const hymenopteraArchive: RemoteFile = {
  url: "https://download.pytorch.org/tutorial/hymenoptera_data.zip",
  name: "hymenoptera_data.zip",
  sha256: [
    "fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209",
    "860823ec77fd0baae1eb7c09ece62513b8acc4c2fe24aeeaf57550cf582a6205",
  ],
};

export const hymenopteraHost = new URL(hymenopteraArchive.url).host;
