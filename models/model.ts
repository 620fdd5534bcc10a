/** An architecture with parameters: what is trained, evaluated and asked. */
import * as tf from "@tensorflow/tfjs";
import { readTensors } from "../backend/ops/read_tensors.ts";
import type { NamedTensor, ParameterSpec } from "../weights/parameter.ts";
import type { Architecture } from "./architecture.ts";
import { parameterSpecs } from "./parameter_specs.ts";
import { assertSide } from "./sides.ts";
import { byLayer, type Parameters, TfLayers, type TrainingMode } from "./tf_layers.ts";

export class Model {
  readonly #specs: ParameterSpec[];
  readonly #parameters: Map<string, tf.Variable>;
  readonly #layers: ReturnType<typeof byLayer>;

  /**
   * @param tensors every parameter and buffer under torch's name, in tfjs layout
   * @throws {Error} when one is missing or has another size, and where the architecture cannot see
   *   photos of the size that its preprocessing says
   */
  constructor(
    readonly architecture: Architecture,
    readonly classes: number,
    tensors: ReadonlyMap<string, NamedTensor>,
  ) {
    assertSide(architecture, architecture.preprocessing.size);
    this.#specs = parameterSpecs(architecture, classes);
    this.#parameters = new Map(this.#specs.map((spec) => {
      const tensor = tensors.get(spec.name);
      if (!tensor) throw new Error(`${architecture.name} lacks its parameter ${spec.name}`);
      const size = tf.util.sizeFromShape(spec.shape);
      if (tensor.data.length !== size) {
        throw new Error(
          `${spec.name} of ${architecture.name} has ${tensor.data.length} values, not the ${size} ` +
            `of ${architecture.name} with ${classes} classes`,
        );
      }
      // A variable outlives the tidy; the tensor it was made from does not.
      const variable = tf.tidy(() =>
        tf.variable(tf.tensor(tensor.data, tensor.shape), spec.trainable)
      );
      return [spec.name, variable];
    }));
    this.#layers = byLayer(this.#parameters);
  }

  get parameters(): Parameters {
    return this.#parameters;
  }

  /** [batch, size, size, 3], normalised, to logits [batch, classes], as `model.eval()` computes. */
  predict(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.classifier(this.features(images)));
  }

  /** [batch, size, size, 3] to [batch, features]; with `training`, as `model.train()` computes. */
  features(images: tf.Tensor4D, training?: TrainingMode): tf.Tensor2D {
    const layers = new TfLayers(this.#layers, training);
    return tf.tidy(() => this.architecture.features<tf.Tensor>(layers, images) as tf.Tensor2D);
  }

  /** The mean of the last feature map, [batch, channels], to what the head reads, in evaluation. */
  featuresOfMean(mean: tf.Tensor2D): tf.Tensor2D {
    const layers = new TfLayers(this.#layers);
    return (this.architecture.neck<tf.Tensor>?.(layers, mean) ?? mean) as tf.Tensor2D;
  }

  /** [batch, features] to logits [batch, classes]. */
  classifier(features: tf.Tensor2D, training?: TrainingMode): tf.Tensor2D {
    const layers = new TfLayers(this.#layers, training);
    return this.architecture.classifier<tf.Tensor>(layers, features, this.classes) as tf.Tensor2D;
  }

  /**
   * Logits of each photo of a batch, and the features that they come from, off the device.
   * @param images [batch, size, size, 3], normalised; disposed
   */
  async outputs(images: tf.Tensor4D): Promise<{ logits: number[]; features: Float32Array }[]> {
    const [batch] = images.shape;
    const outputs = tf.tidy(() => {
      try {
        const features = this.features(images);
        return { features, logits: this.classifier(features) };
      } finally {
        images.dispose();
      }
    });
    const [logits, features] = await Promise.all([
      outputs.logits.data<"float32">(),
      outputs.features.data<"float32">(),
    ]);
    tf.dispose([outputs.logits, outputs.features]);
    const width = features.length / batch;
    return Array.from({ length: batch }, (_, i) => ({
      logits: Array.from(logits.subarray(i * this.classes, (i + 1) * this.classes)),
      features: features.slice(i * width, (i + 1) * width),
    }));
  }

  /** What an optimiser moves: every parameter, or the head's alone. */
  trainable(part: "all" | "head"): tf.Variable[] {
    return this.#specs
      .filter((spec) => spec.trainable)
      .filter((spec) => part === "all" || spec.name.startsWith(`${this.architecture.head}.`))
      .map((spec) => this.#parameters.get(spec.name)!);
  }

  /** A copy of every parameter and buffer, in tfjs layout. */
  async snapshot(): Promise<Map<string, NamedTensor>> {
    const names = [...this.#parameters.keys()], variables = [...this.#parameters.values()];
    const values = await readTensors(variables);
    return new Map(variables.map(({ shape }, i) => [names[i], { shape, data: values[i] }]));
  }

  dispose(): void {
    for (const variable of this.#parameters.values()) variable.dispose();
  }
}
