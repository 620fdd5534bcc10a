/** The smallest network that can learn: the mean colour of a photo, then a linear layer. */
import type { Architecture } from "../../models/architecture.ts";
import { Model } from "../../models/model.ts";
import type { Batch, Loader } from "../../data/batch.ts";
import { hashUniform } from "../../bench/certify/hash_numbers.ts";
import type { NamedTensor } from "../../weights/parameter.ts";

const SIDE = 2;

export const TOY: Architecture = {
  name: "toy",
  head: "fc",
  preprocessing: { resize: SIDE, size: SIDE, mean: [0, 0, 0], std: [1, 1, 1] },
  features: (layers, x) => layers.globalAveragePool(x),
  classifier: (layers, features, classes) => layers.linear("fc", features, classes),
};

/** fc.weight is [3, 2] in tfjs layout. */
export function toyModel(weight: number[] = [0.1, -0.2, 0.3, 0.1, -0.1, 0.2]): Model {
  return new Model(
    TOY,
    2,
    new Map<string, NamedTensor>([
      ["fc.weight", { shape: [3, 2], data: Float32Array.from(weight) }],
      ["fc.bias", { shape: [2], data: new Float32Array(2) }],
    ]),
  );
}

/** `size` photos of hash noise, class 1 the redder; `batchSize` at a time, the last batch smaller. */
export class ToyLoader implements Loader {
  readonly length: number;
  readonly features: number[][] = [];
  readonly labels: number[] = [];
  readonly #images: Float32Array[] = [];

  constructor(readonly size: number, readonly batchSize: number, stream: number) {
    this.length = Math.ceil(size / batchSize);
    for (let i = 0; i < size; i++) {
      const image = Float32Array.from(hashUniform(stream + i, SIDE * SIDE * 3));
      const label = i % 2;
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) image[pixel * 3] += label;
      this.#images.push(image);
      this.labels.push(label);
      this.features.push([0, 1, 2].map((channel) => {
        let sum = 0;
        for (let pixel = 0; pixel < SIDE * SIDE; pixel++) sum += image[pixel * 3 + channel];
        return sum / (SIDE * SIDE);
      }));
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Batch> {
    for (let start = 0; start < this.size; start += this.batchSize) {
      const indices = this.labels.map((_, i) => i).slice(start, start + this.batchSize);
      const images = new Float32Array(indices.length * SIDE * SIDE * 3);
      indices.forEach((index, i) => images.set(this.#images[index], i * SIDE * SIDE * 3));
      const labels = Int32Array.from(indices, (index) => this.labels[index]);
      yield await Promise.resolve({ images, labels, indices });
    }
  }
}
