/**
 * `deno task bench predict`: from the start of a process to the printed label of one photo, beside a
 * PyTorch program that does the same. With `--folder`, milliseconds a photo of all that lie there,
 * beside another copy of graft (`--peer` with the path of its `app/main.ts`).
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { listFiles } from "../data/sources/list_files.ts";
import { hasImageExtension } from "../data/image_folder.ts";
import { findArchitecture } from "../models/registry.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { describe, type Figure, median } from "./figure.ts";
import { randomStateDict } from "./model_work.ts";
import { noisePhoto } from "./noise_photo.ts";
import { pathOf } from "./worker_process.ts";

export async function benchPredict(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      photo: { type: "string" },
      folder: { type: "string" },
      rounds: { type: "string", default: "10" },
      peer: { type: "string" },
      python: { type: "string", default: "python3" },
      json: { type: "boolean", default: false },
    },
  });
  const { model, peer } = values;
  const folder = await Deno.makeTempDir({ prefix: "bench_predict_" });
  try {
    const photo = values.photo ?? `${folder}/noise.ppm`;
    if (!values.photo) await Deno.writeFile(photo, noisePhoto());
    await tf.setBackend("cpu");
    const weights = `${folder}/weights.safetensors`;
    await writeSafetensors(weights, randomStateDict(findArchitecture(model)));
    const asked = values.folder ?? photo;
    const photos = values.folder ? await countPhotos(values.folder) : 1;
    const time = (main: string) => {
      const ours = ["run", "-A", main, "predict", asked, "--weights", weights, "--model", model];
      return seconds(Deno.execPath(), [...ours, "--classes", "ones,others"]);
    };
    const timeOurs = () => time(pathOf("../app/main.ts"));
    const timePeer = () =>
      peer === "pytorch"
        ? seconds(values.python, [pathOf("pytorch_predict.py"), model, photo])
        : time(peer!);
    const mine: number[] = [], peers: number[] = [];
    for (let round = -1; round < Number(values.rounds); round++) {
      const ours = await timeOurs(), theirs = peer ? await timePeer() : 0;
      if (round < 0) continue; // caches of the disk and of compiled code
      mine.push(ours);
      peers.push(theirs);
    }
    const scale = values.folder ? 1e3 / photos : 1;
    const figure: Figure = {
      bench: values.folder ? `predict ${photos}` : "predict",
      backend: "wasm",
      device: `${Deno.build.arch}, ${navigator.hardwareConcurrency} CPU threads`,
      model,
      batch: 1,
      threads: navigator.hardwareConcurrency,
      unit: values.folder ? "ms" : "s",
      median: scale * median(mine),
      min: scale * Math.min(...mine),
      ...(peer && {
        peer,
        peer_median: scale * median(peers),
        peer_min: scale * Math.min(...peers),
      }),
    };
    console.log(values.json ? JSON.stringify(figure) : describe(figure));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function countPhotos(folder: string): Promise<number> {
  const { paths } = await listFiles(folder, { followOut: true });
  return paths.filter(hasImageExtension).length;
}

async function seconds(program: string, args: string[]): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "piped" }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return (performance.now() - start) / 1e3;
}
