/** A backend under the contract: what its kernels compute is what stock tfjs-cpu computes. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { assertNear } from "../compare.ts";

export interface SubjectSettings {
  /** In the names of its tests. */
  name: string;
  /** tfjs's name of the backend. */
  backend: string;
  /** How many random networks to draw: what compiles for each shape can afford fewer. */
  networks: number;
  /** Whether kernels are compiled for each shape: one of each kind has to do then. */
  compilesShapes?: boolean;
  ignore?: boolean;
  /** Fails when the device has met an error since the last call. */
  assertNoErrors?(): void;
}

export class Subject {
  constructor(readonly settings: SubjectSettings) {}

  /** Declares a test in which the backend is active. */
  test(name: string, fn: () => Promise<void>): void {
    Deno.test({
      name: `on ${this.settings.name}, ${name}`,
      ignore: this.settings.ignore,
      // Threads, or a device and what its driver holds, live as long as tfjs's backend does.
      sanitizeResources: false,
      sanitizeOps: false,
      fn: async () => {
        await this.activate();
        await fn();
      },
    });
  }

  /** Shapes to compute: `more` are of the kinds that `ofEachKind` has, where shapes cost little. */
  shapes<T>(ofEachKind: readonly T[], more: readonly T[]): T[] {
    return this.settings.compilesShapes ? [...ofEachKind] : [...ofEachKind, ...more];
  }

  async activate(): Promise<void> {
    const { backend } = this.settings;
    assert.ok(await tf.setBackend(backend), `tfjs could not start its backend ${backend}`);
  }

  /** Values of each tensor that `compute` returns; nothing may be left behind. */
  async valuesOf(compute: () => tf.Tensor[]): Promise<Float32Array[]> {
    await this.activate();
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(compute);
    const values: Float32Array[] = [];
    for (const tensor of tensors) values.push(await tensor.data<"float32">());
    tf.dispose(tensors);
    assert.equal(tf.memory().numTensors, before, `tensors left behind on ${this.settings.name}`);
    this.settings.assertNoErrors?.();
    return values;
  }

  /** The values agree with stock tfjs's within float32 rounding of their sums. */
  async agreesWithStock(
    what: string,
    compute: () => tf.Tensor[],
    tolerance = 2e-5,
  ): Promise<void> {
    const actual = await this.valuesOf(compute);
    const expected = await STOCK.valuesOf(compute);
    assert.equal(actual.length, expected.length);
    actual.forEach((values, i) =>
      assertNear(`${what}, result ${i}`, values, expected[i], tolerance)
    );
    await this.activate();
  }
}

/** The oracle. */
export const STOCK = new Subject({ name: "stock tfjs-cpu", backend: "cpu", networks: 0 });
