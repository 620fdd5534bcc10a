/** How each exported format is loaded: code for the model card. */
import { marginColour } from "../data/fit.ts";
import type { Architecture, PythonHome } from "../models/architecture.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { classesOf } from "./exported_model.ts";
import type { ModelDescription } from "../inference/description.ts";

/** What can be exported. */
export const FORMATS = ["safetensors", "pytorch", "tfjs", "onnx", "page"] as const;
export type Format = (typeof FORMATS)[number];

/** What an ONNX file takes: photos as they are, or tensors that were prepared as the model wants them. */
export const ONNX_INPUTS = ["photos", "tensors"] as const;
export type OnnxInput = (typeof ONNX_INPUTS)[number];

/** What numbers are held in; only some formats have more than the first. */
export const PRECISIONS = ["float32", "float16", "int8"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What beside the format decides how a file is used. */
export interface Form {
  /** What an ONNX file takes: tensors where it is left out. */
  input?: OnnxInput;
  /** float32 where it is left out. */
  precision?: Precision;
}

/**
 * @param architectures among which the described one says where in Python its parameters fit
 * @returns Markdown: a fenced block, or a sentence
 */
export function usage(
  format: Format,
  file: string,
  description: ModelDescription,
  architectures: readonly Architecture[] = ARCHITECTURES,
  { input }: Form = {},
): string {
  const home = architectures.find(({ name }) => name === description.architecture)?.python;
  const { temperature, preprocessing: { size } } = description;
  switch (format) {
    case "safetensors":
      return inPytorch(
        `from safetensors.torch import load_file\nstate = load_file("${file}")`,
        description,
        home,
      );
    case "pytorch":
      return inPytorch(`state = torch.load("${file}", weights_only=True)`, description, home);
    case "onnx":
      if (input === "photos") return ofPhotos(file);
      return python(`
import onnxruntime
session = onnxruntime.InferenceSession("${file}")
# images: float32 [batch, 3, ${size}, ${size}], preprocessed as below
logits, = session.run(["logits"], {"images": images})`);
    case "tfjs":
      return "```js\n" + `
const model = await tf.loadGraphModel("${file}");
// images: float32 [batch, ${size}, ${size}, 3], preprocessed as below
const logits = model.predict(images);
const probabilities = tf.softmax(tf.div(logits, ${temperature}));`.trim() + "\n```";
    case "page":
      return "Put the folder on any web host and open `index.html` there. The photos that visitors " +
        "try stay in their browsers. Hosts that send `Cross-Origin-Opener-Policy: same-origin` and " +
        "`Cross-Origin-Embedder-Policy: require-corp` (`_headers` asks Netlify and Cloudflare Pages " +
        "for them) let it compute on all cores where there is no WebGPU.";
  }
}

/** In Python, and where JavaScript has the pixels of a canvas. */
function ofPhotos(file: string): string {
  return python(`
import numpy, onnxruntime
from PIL import Image, ImageOps
session = onnxruntime.InferenceSession("${file}")
photo = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")
# uint8 [batch, height, width, 3], of any size
photos = numpy.asarray(photo)[None]
probabilities, labels = session.run(["probabilities", "labels"], {"photos": photos})
print(labels[0], probabilities[0].max())`) +
    "\n\nIn a browser, by onnxruntime-web:\n\n```js\n" + `
import * as ort from "onnxruntime-web";
const session = await ort.InferenceSession.create("${file}");
const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
// The fourth channel of a canvas is passed over.
const photos = new ort.Tensor("uint8", new Uint8Array(data.buffer), [1, height, width, 4]);
const { probabilities, labels } = await session.run({ photos });
console.log(labels.data[0], Math.max(...probabilities.data));`.trim() + "\n```";
}

/** @param load sets `state` */
function inPytorch(load: string, description: ModelDescription, home?: PythonHome): string {
  const { architecture, temperature, preprocessing } = description;
  const { mean, std } = preprocessing;
  if (!home || !("torchvision" in home)) {
    const names = home?.namesOf ?? `graft's ${architecture}`;
    return python(`import torch\n${load}\n# The names are those of ${names}.`);
  }
  return python(`
import torch, torchvision${preprocessing.fit === "pad" ? "\nfrom PIL import Image, ImageOps" : ""}
${load}
model = torchvision.models.${home.torchvision}(num_classes=${classesOf(description)})
model.load_state_dict(state, strict=True)
model.eval()
transform = torchvision.transforms.Compose([
    ${squareInTorchvision(preprocessing)},
    torchvision.transforms.ToTensor(),
    torchvision.transforms.Normalize(${list(mean)}, ${list(std)})])
# probabilities = (model(transform(image)[None]) / ${temperature}).softmax(1)`);
}

function squareInTorchvision(preprocessing: ModelDescription["preprocessing"]): string {
  const { fit = "crop", resize, size, mean, interpolation } = preprocessing;
  // torchvision's Resize is bilinear unless it is told otherwise, Pillow's pad is bicubic.
  const how = interpolation === "bicubic"
    ? ", interpolation=torchvision.transforms.InterpolationMode.BICUBIC"
    : "";
  switch (fit) {
    case "crop":
      return `torchvision.transforms.Resize(${resize}${how}), ` +
        `torchvision.transforms.CenterCrop(${size})`;
    case "squash":
      return `torchvision.transforms.Resize((${size}, ${size})${how})`;
    case "pad":
      return `torchvision.transforms.Lambda(lambda image: ImageOps.pad(image, (${size}, ${size}),\n` +
        `        method=Image.Resampling.${(interpolation ?? "bilinear").toUpperCase()}, ` +
        `color=(${marginColour(mean).join(", ")})))`;
  }
}

const python = (code: string) => "```python\n" + code.trim() + "\n```";
const list = (values: readonly number[]) => `[${values.join(", ")}]`;
