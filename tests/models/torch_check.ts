/** What tests/models expects of a backend: torch's numbers, as near as float32 allows. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../backend/ops.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { Sgd } from "../../training/sgd.ts";
import { type Branch, trainStep } from "../../training/train_step.ts";
import {
  readReference,
  type Reference,
  referenceBatch,
  referenceModel,
  sample,
  toTorch,
} from "./reference_model.ts";

/**
 * Float32 rounding differs with the order of additions: ours may be off by ten times what torch's
 * own float32 is, plus a share `slack` of the tensor's largest value.
 */
export interface Tolerance {
  slack: number;
}

export async function checkLogits(name: string, size: number, tolerance: Tolerance) {
  const reference = await readReference(name, size);
  const model = await referenceModel(name, 1000);
  const { images } = referenceBatch(size, 0);
  const logits = model.predict(images);
  near("logits", sample(await logits.data()), reference.logits, tolerance);
  tf.dispose([images, logits]);
  model.dispose();
}

export async function checkGradients(name: string, size: number, tolerance: Tolerance) {
  const { finetune_1: reference } = await readReference(name, size);
  const model = await referenceModel(name, 2);
  const { images, labels } = referenceBatch(size, 0);
  const variables = model.trainable("all");
  const { value, grads } = tf.variableGrads(
    () => softmaxCrossEntropy(model.classifier(model.features(images, NO_DROPOUT)), labels),
    variables,
  );
  nearLoss(await value.data(), reference.losses, reference.f32_loss_error);
  for (const spec of parameterSpecs(model.architecture, 2)) {
    if (!spec.trainable) continue;
    const gradient = grads[model.parameters.get(spec.name)!.name];
    const torch = toTorch(spec, gradient);
    near(`gradient of ${spec.name}`, sample(torch), reference.gradients![spec.name], tolerance);
  }
  tf.dispose([images, labels, value, grads]);
  model.dispose();
}

export async function checkTraining(
  name: string,
  size: number,
  branch: Branch,
  steps: 1 | 5,
  tolerance: Tolerance,
) {
  const reference = (await readReference(name, size))[`${branch}_${steps}`]!;
  const model = await referenceModel(name, 2);
  const optimizer = new Sgd(model.trainable(branch === "frozen" ? "head" : "all"), 0.9);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { images, labels } = referenceBatch(size, step);
    const { loss, logits } = trainStep(model, branch, optimizer, 0.001, images, labels, null);
    losses.push((await loss.data())[0]);
    tf.dispose([images, labels, loss, logits]);
  }
  nearLoss(losses, reference.losses, reference.f32_loss_error);
  for (const spec of parameterSpecs(model.architecture, 2)) {
    const expected = reference.state[spec.name];
    if (!expected) continue;
    const torch = toTorch(spec, model.parameters.get(spec.name)!);
    near(`${spec.name} after ${steps} steps`, sample(torch), expected, tolerance);
  }
  optimizer.dispose();
  model.dispose();
}

const NO_DROPOUT = { dropoutSeed: null };

function nearLoss(ours: ArrayLike<number>, torch: number[], f32Error: number) {
  torch.forEach((loss, i) => {
    const error = Math.abs(ours[i] - loss);
    assert.ok(error <= 10 * f32Error + 1e-5, `loss ${i} is ${ours[i]}, torch's is ${loss}`);
  });
}

function near(what: string, ours: number[], torch: Reference, { slack }: Tolerance) {
  const bound = 10 * torch.f32_error_max + slack * torch.max_abs;
  torch.values.forEach((value, i) => {
    const error = Math.abs(ours[i] - value);
    assert.ok(
      error <= bound,
      `${what}[${i}] is ${ours[i]}, torch's is ${value}: off by ${error} > ${bound}`,
    );
  });
}
