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

/** The same behind a convolution and a batch norm. */
const TOY_WITH_NORM: Architecture = {
  ...TOY,
  features: (layers, x) => {
    const z = layers.conv2d("conv", x, { filters: 3, kernel: 1 });
    return layers.globalAveragePool(layers.batchNorm("bn", z, { activation: "relu" }));
  },
};

/** @param parameters fresh ones when left out */
export function toyModelWithNorm(parameters?: ReadonlyMap<string, NamedTensor>): Model {
  const vector = (...values: number[]) => ({ shape: [3], data: Float32Array.from(values) });
  const weight = [0.9, 0.1, -0.2, 0.3, 1.1, 0.2, -0.1, 0.2, 0.8];
  return new Model(
    TOY_WITH_NORM,
    2,
    parameters ?? new Map<string, NamedTensor>([
      ["conv.weight", { shape: [1, 1, 3, 3], data: Float32Array.from(weight) }],
      ["bn.weight", vector(1, 0.9, 1.1)],
      ["bn.bias", vector(0.5, 0.6, 0.4)],
      ["bn.running_mean", vector(0.2, 0, 0.1)],
      ["bn.running_var", vector(0.5, 0.7, 0.4)],
      ["fc.weight", { shape: [3, 2], data: Float32Array.of(0.1, -0.2, 0.3, 0.1, -0.1, 0.2) }],
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
