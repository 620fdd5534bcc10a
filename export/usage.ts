/** How each exported format is loaded: code for the model card. */
import { marginColour } from "../data/fit.ts";
import type { Architecture, PythonHome } from "../models/architecture.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { classesOf } from "./exported_model.ts";
import type { ModelDescription } from "../inference/description.ts";

/** What can be exported. */
export const FORMATS = ["safetensors", "pytorch", "tfjs", "onnx", "page"] as const;
export type Format = (typeof FORMATS)[number];

/**
 * @param architectures among which the described one says where in Python its parameters fit
 * @returns Markdown: a fenced block, or a sentence
 */
export function usage(
  format: Format,
  file: string,
  description: ModelDescription,
  architectures: readonly Architecture[] = ARCHITECTURES,
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
