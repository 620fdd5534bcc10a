/** Everything that the page is made of, as files for any web host. */
import { fileURLToPath } from "node:url";
import type { ModelDescription } from "../../inference/description.ts";
import { classNames } from "../../models/manifest.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import type { Postprocessing } from "../../inference/postprocessing.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import type { Tensor } from "../../weights/tensor.ts";
import { bundleScripts } from "./bundle.ts";
import type { PageManifest } from "./messages.ts";
import { SECURITY_HEADERS } from "./security_headers.ts";

export interface PageModel {
  description: ModelDescription;
  /** In tfjs layout. */
  parameters: ReadonlyMap<string, NamedTensor>;
  accuracy?: { correct: number; total: number; interval: [number, number] };
  /** Which run made it. */
  origin?: { data?: string; run: string; started: string };
  /** Whether the server keeps photos that the model was wrong about. */
  reviews?: boolean;
  /** The val photos' features, and beyond which distance a photo is unlike them. */
  outOfDistribution?: Postprocessing["outOfDistribution"];
}

/** Files that are served as they lie here and in packages. */
const FILES: Record<string, string> = {
  "index.html": import.meta.resolve("./static/index.html"),
  "style.css": import.meta.resolve("./static/style.css"),
  "opened_as_file.js": import.meta.resolve("./static/opened_as_file.js"),
  "kernels.wasm": import.meta.resolve("../../backend/wasm/kernels.wasm"),
  "kernels_baseline.wasm": import.meta.resolve("../../backend/wasm/kernels_baseline.wasm"),
  "mozjpeg_dec.wasm": import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"),
  "webp_dec.wasm": import.meta.resolve("@jsquash/webp/codec/dec/webp_dec.wasm"),
  "avif_dec.wasm": import.meta.resolve("@jsquash/avif/codec/dec/avif_dec.wasm"),
  "libheif.js": import.meta.resolve("libheif-js/libheif-wasm/libheif-bundle.mjs"),
  "libheif.LICENSE.txt": import.meta.resolve("libheif-js/libheif-wasm/LICENSE"),
  "gif.wasm": import.meta.resolve("imagescript/wasm/any/gif.wasm"),
  "jpeg.wasm": import.meta.resolve("imagescript/wasm/any/jpeg.wasm"),
  // Whoever hosts the page hands these on: their licences go along.
  "LICENSE.txt": import.meta.resolve("../../LICENSE"),
  "licences.md": import.meta.resolve("../../docs/licences.md"),
  "libjpeg-turbo.LICENSE.txt": import.meta.resolve("@jsquash/jpeg/codec/LICENSE.codec.md"),
  "libwebp.LICENSE.txt": import.meta.resolve("@jsquash/webp/codec/LICENSE.codec.md"),
};

/** The page's files by name. */
export async function pageFiles(model: PageModel): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  return new Map([...await siteFiles(), ...await modelFiles(model)]);
}

/**
 * Those that are the same whatever the model. `_headers` asks hosts that read it (Netlify, Cloudflare
 * Pages) to let the page use all cores.
 */
export async function siteFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map(
    await Promise.all(
      Object.entries(FILES).map(async ([name, url]) =>
        [name, await Deno.readFile(fileURLToPath(url))] as const
      ),
    ),
  );
  for (const [name, script] of await bundleScripts()) files.set(name, script);
  const headers = Object.entries(SECURITY_HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  files.set("_headers", utf8(`/*\n${headers.join("")}`));
  return files;
}

/** Those of the model. */
export async function modelFiles(model: PageModel): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const { references } = model.outOfDistribution ?? {};
  if (references) {
    const { data, size } = references;
    files.set(
      "familiar.safetensors",
      await safetensorsOf(new Map([["features", { shape: [data.length / size, size], data }]])),
    );
  }
  files.set("weights.safetensors", await safetensorsOf(model.parameters));
  files.set("model.json", utf8(JSON.stringify(manifestOf(model))));
  return files;
}

function manifestOf(
  { description, accuracy, origin, reviews, outOfDistribution }: PageModel,
): PageManifest {
  const { architecture, preprocessing, temperature } = description;
  return {
    architecture,
    classes: [...classNames(description)],
    preprocessing,
    temperature,
    unlikeBeyond: outOfDistribution?.threshold ?? null,
    accuracy: accuracy
      ? { correct: accuracy.correct, total: accuracy.total, interval: accuracy.interval }
      : null,
    ...(reviews && { reviews }),
    origin: origin ? { data: origin.data ?? null, run: origin.run, started: origin.started } : null,
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

async function safetensorsOf(
  tensors: ReadonlyMap<string, NamedTensor>,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tensors`;
    const typed = Array.from(tensors, ([name, { shape, data }]): [string, Tensor] => [
      name,
      { dtype: "float32", shape, data: data as Float32Array<ArrayBuffer> },
    ]);
    await writeSafetensors(path, new Map(typed), { layout: "tfjs" });
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
