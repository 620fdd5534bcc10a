/** Fetches the model that lies beside the page. */
import { Model } from "../../models/model.ts";
import { describedArchitecture } from "../../models/seen_as.ts";
import type { References } from "../../inference/out_of_distribution.ts";
import { fetchBytes, fetchFile, tensorsOf } from "./fetch_beside.ts";
import type { PageManifest } from "./messages.ts";
import { startBackend } from "./start_backend.ts";

export interface OpenModel {
  model: Model;
  manifest: PageManifest;
  /** The val photos' features, where they are known. */
  references?: References;
  /** What computes, in words. */
  backend: string;
}

/** @param onProgress hears of bytes of the weights */
export async function openModel(
  onProgress: (done: number, total: number) => void,
): Promise<OpenModel> {
  const manifest: PageManifest = await (await fetchFile("model.json")).json();
  const weights = await fetchBytes("weights.safetensors", onProgress);
  const tensors = tensorsOf("weights.safetensors", weights);
  const references = manifest.unlikeBeyond === null
    ? undefined
    : tensorsOf("familiar.safetensors", await fetchBytes("familiar.safetensors")).get("features");
  const backend = await startBackend();
  return {
    model: new Model(describedArchitecture(manifest), manifest.classes.length, tensors),
    manifest,
    references: references && {
      data: references.data as Float32Array<ArrayBuffer>,
      size: references.shape[1],
    },
    backend,
  };
}
