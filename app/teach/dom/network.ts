/** The frozen network in a page: what it says of photos. */
import { decodeImage } from "../../../data/decode.ts";
import { type Fingerprint, fingerprintOf } from "../../../data/fingerprint.ts";
import type { RgbImage } from "../../../data/image.ts";
import { resize } from "../../../data/resize.ts";
import { boundShortSide } from "../../../data/short_side.ts";
import { viewPhoto } from "../../../data/transforms.ts";
import { type Predictor, predictorOf } from "../../../inference/predictor.ts";
import { Model } from "../../../models/model.ts";
import { parameterSpecs } from "../../../models/parameter_specs.ts";
import { describedArchitecture } from "../../../models/seen_as.ts";
import type { NamedTensor } from "../../../weights/parameter.ts";
import { fetchBytes, fetchFile, tensorsOf } from "../../page/fetch_beside.ts";
import { withAlpha } from "../../page/rgba.ts";
import { startBackend } from "../../page/start_backend.ts";
import type { TeachSettings } from "../messages.ts";

/** Longest side of the small picture of a photo. */
const THUMB = 160;
const THUMB_QUALITY = 0.8;

/** A photo that was looked at, but for its features. */
export interface Look {
  /** [size, size, 3], as the network sees it. */
  crop: Uint8Array;
  fingerprint: Fingerprint;
  thumb: Blob;
}

export class Network {
  private constructor(
    readonly settings: TeachSettings,
    /** In tfjs layout; a head among them is not meant. */
    readonly parameters: ReadonlyMap<string, NamedTensor>,
    /** What computes, in words. */
    readonly backend: string,
    private readonly predict: Predictor,
  ) {}

  /** @param onProgress hears of bytes of the weights */
  static async open(onProgress: (done: number, total: number) => void): Promise<Network> {
    const settings: TeachSettings = await (await fetchFile("teach.json")).json();
    const name = "backbone.safetensors";
    const parameters = tensorsOf(name, await fetchBytes(name, onProgress));
    const backend = await startBackend();
    const architecture = describedArchitecture(settings);
    // A model has a head: one that says nothing.
    const silent = parameterSpecs(architecture, 1)
      .filter(({ name }) => name.startsWith(`${architecture.head}.`))
      .map(({ name, shape }): [string, NamedTensor] => [
        name,
        { shape: shape.toReversed(), data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]);
    const model = new Model(architecture, 1, new Map([...parameters, ...silent]));
    const network = new Network(
      settings,
      parameters,
      backend,
      predictorOf(model, architecture.preprocessing),
    );
    // The first photo would otherwise wait for shaders or kernels to compile.
    const { size } = settings.preprocessing;
    await network.features([new Uint8Array(size * size * 3)]);
    return network;
  }

  /**
   * Decodes a photo that is to be taught, and cuts it as the pipeline does.
   * @throws {Error} where it is none, or damaged
   */
  async look(photo: Blob): Promise<Look> {
    const image = await decode(photo);
    const { shortSide = Infinity, preprocessing } = this.settings;
    const kept = boundShortSide(image, shortSide);
    return {
      crop: viewPhoto(kept, preprocessing),
      fingerprint: fingerprintOf(image),
      thumb: await thumbOf(kept),
    };
  }

  /** What the network sees of a photo that is asked about, as `predict` cuts it. */
  crop(image: RgbImage): Uint8Array {
    return viewPhoto(image, this.settings.preprocessing);
  }

  /** What the head reads, of each crop. */
  async features(crops: readonly Uint8Array[]): Promise<Float32Array<ArrayBuffer>[]> {
    return (await this.predict(crops)).map(({ features }) => features as Float32Array<ArrayBuffer>);
  }
}

/** @throws {Error} where it is no photo */
export async function decode(photo: Blob): Promise<RgbImage> {
  return await decodeImage(new Uint8Array(await photo.arrayBuffer()), { exifOrientation: true });
}

/** Made small, never larger. */
export function makeSmall(image: RgbImage, longest: number): RgbImage {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(image, side(image.width), side(image.height));
}

async function thumbOf(image: RgbImage): Promise<Blob> {
  const { width, height, data } = withAlpha(makeSmall(image, THUMB));
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  return await canvas.convertToBlob({ type: "image/jpeg", quality: THUMB_QUALITY });
}
