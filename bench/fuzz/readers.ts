/** Everything that reads files of strangers, each with the errors that are its own. */
import { decodeImage } from "../../data/decode.ts";
import { openDataset } from "../../data/dataset.ts";
import { readEncoding } from "../../data/encoding.ts";
import { fingerprintOf } from "../../data/fingerprint.ts";
import { ImageError } from "../../data/image.ts";
import { sniffImageFormat } from "../../data/image_format.ts";
import { ZipError } from "../../data/download/errors.ts";
import { checkZip, extractZip } from "../../data/download/zip.ts";
import { ZipArchive } from "../../data/download/zip_archive.ts";
import { parseLabels } from "../../data/sources/labels.ts";
import { factsFile } from "../../tasks/artifacts/facts.ts";
import { findingsFile } from "../../tasks/artifacts/findings.ts";
import { curvesFile, historyFile } from "../../tasks/artifacts/history.ts";
import { metricsFile } from "../../tasks/artifacts/metrics.ts";
import { modelFile } from "../../tasks/artifacts/model.ts";
import { sourceFile } from "../../tasks/artifacts/source.ts";
import { readMetadata } from "../../weights/metadata.ts";
import { readStateDict } from "../../weights/read.ts";
import { elementsOf, WeightsError } from "../../weights/tensor.ts";
import { checkStore, isNamed } from "./store_checks.ts";

export interface Reader {
  /** @throws {Error} where the file is wrong, or what was read contradicts itself */
  read(file: string, folder: string): Promise<void>;
  /** Whether it is the reader's own word, which names what is wrong. */
  isRefusal(error: Error): boolean;
}

export const ARTIFACTS = Object.fromEntries(
  [factsFile, findingsFile, historyFile, curvesFile, metricsFile, modelFile, sourceFile]
    .map((artifact) => [artifact.name, artifact]),
);

export const READERS: Record<string, Reader> = {
  photo: {
    async read(file) {
      const bytes = await Deno.readFile(file);
      const image = await decodeImage(bytes, { exifOrientation: true });
      if (image.data.length !== image.width * image.height * 3) throw new Error("a torn photo");
      readEncoding(bytes, sniffImageFormat(bytes)!);
      fingerprintOf(image);
    },
    isRefusal: (error) => error instanceof ImageError,
  },
  weights: {
    async read(file) {
      const tensors = await readStateDict(file);
      await readMetadata(file);
      for (const [name, { shape, data }] of tensors) {
        if (data.length !== elementsOf(shape)) throw new Error(`a torn tensor ${name}`);
      }
    },
    isRefusal: (error) => error instanceof WeightsError || error instanceof ZipError,
  },
  zip: {
    async read(file, folder) {
      using archive = await ZipArchive.open(file);
      const names = checkZip(archive);
      await extractZip(archive, new Map(names.map((name, i) => [name, `${i}`])), `${folder}/out`);
    },
    isRefusal: (error) => error instanceof ZipError,
  },
  dataset: {
    async read(file, folder) {
      await Deno.copyFile(file, `${folder}/dataset.json`);
      await Deno.writeFile(`${folder}/train.pack`, new Uint8Array(18));
      await Deno.writeFile(`${folder}/val.pack`, new Uint8Array(12));
      using dataset = await openDataset(folder);
      dataset.photos("train").forEach((_, i) => dataset.readPhoto("train", i));
    },
    isRefusal: ({ message }) => message.includes("the dataset is damaged, build it again"),
  },
  labels: {
    read(file) {
      parseLabels(Deno.readTextFileSync(file), 3, "labels.csv");
      return Promise.resolve();
    },
    isRefusal: ({ message }) => message.startsWith("labels.csv, line "),
  },
  store: {
    async read(file) {
      await checkStore(JSON.parse(await Deno.readTextFile(file)));
    },
    isRefusal: isNamed,
  },
  ...Object.fromEntries(
    Object.entries(ARTIFACTS).map(([name, artifact]): [string, Reader] => [name, {
      async read(file, folder) {
        await Deno.copyFile(file, `${folder}/${name}`);
        await artifact.read(folder);
      },
      isRefusal: ({ message }) => message.includes("is not as this version of graft writes it"),
    }]),
  ),
};
