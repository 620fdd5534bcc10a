/** Logits, gradients and training steps of the models of tests/reference/models.py, on the active backend. */
import * as tf from "@tensorflow/tfjs";
import { readTensors } from "../../backend/ops/read_tensors.ts";
import { softmaxCrossEntropy } from "../../backend/ops/softmax_cross_entropy.ts";
import type { Architecture } from "../../models/architecture.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { ARCHITECTURES, findArchitecture } from "../../models/registry.ts";
import { AdamW } from "../../training/adam_w.ts";
import { weightDecays } from "../../training/layer_rates.ts";
import { Sgd } from "../../training/sgd.ts";
import type { Branch } from "../../models/manifest.ts";
import type { Model } from "../../models/model.ts";
import { trainStep } from "../../training/train_step.ts";
import { type Check, Comparison } from "./check.ts";
import { fixturePath } from "./fixtures.ts";
import {
  readReference,
  readSteps,
  type Reference,
  referenceBatch,
  referenceModel,
  sample,
  sampleParameter,
  type StepsReference,
} from "./reference_model.ts";

/** Model and side of its input. */
export type ReferenceCase = readonly [name: string, size: number];

/**
 * Every architecture at each side that there are fixtures of, in the registry's order; of those that
 * differ in weights alone, one.
 *
 * @throws {Error} where there are none of an architecture
 */
export async function referenceCases(
  architectures: readonly Architecture[] = ARCHITECTURES,
): Promise<ReferenceCase[]> {
  const files = await Array.fromAsync(Deno.readDir(fixturePath("models")), ({ name }) => name);
  return architectures.filter(({ variantOf }) => !variantOf).flatMap(({ name }) => {
    const sides = files.map((file) => file.split("."))
      .filter(([model, side]) => model === name && Number(side) > 0)
      .map(([, side]) => Number(side));
    if (sides.length > 0) return sides.sort((a, b) => a - b).map((side) => [name, side] as const);
    throw new Error(
      `there is nothing to compare ${name} with: ask torch by tests/reference/models.py`,
    );
  });
}

/**
 * Float32 rounding differs with the order of additions: a value may be off by ten times what torch's
 * own float32 is from its float64, plus a share of the tensor's largest value. Winograd's algorithm
 * computes 3×3 convolutions in fewer, larger roundings.
 */
function slackOf(name: string, quantity: "logits" | "training"): number {
  if (!hasWinograd(findArchitecture(name))) return quantity === "logits" ? 1e-6 : 1e-5;
  return quantity === "logits" ? 1e-4 : 2e-5;
}

/** Whether it has 3×3 convolutions with channels enough for Winograd's algorithm. */
function hasWinograd(architecture: Architecture): boolean {
  return parameterSpecs(architecture, 2).some(({ kind, shape: [, channels, height, width] }) =>
    kind === "conv" && height === 3 && width === 3 && channels >= 16
  );
}

/** What torch's own float32 is off by counts this many times. */
const FLOAT32_ERRORS = 10;
/** And the largest error of any of its gradients this many times; see `largestShare`. */
const RELU_JUMPS = 3;
/** Of a loss, beside that; of one above 1, its share. */
const LOSS_SLACK = 1e-5;

const describe = ([name, size]: ReferenceCase) => `${name}, 4 photos of ${size}×${size}`;

/** Logits in evaluation, for 1000 classes. */
export async function checkLogits(reference: ReferenceCase): Promise<Check[]> {
  const [name, size] = reference;
  const { logits: expected, input_stream } = await readReference(name, size);
  const model = await referenceModel(name, 1000);
  const { images } = referenceBatch(input_stream, size, 0);
  const logits = model.predict(images);
  const comparison = new Comparison();
  const kept = sample(await logits.data(), expected.values.length);
  addTensor(comparison, undefined, kept, expected, slackOf(name, "logits"));
  tf.dispose([images, logits]);
  model.dispose();
  return [comparison.check("logits", describe(reference))];
}

/** The loss of one batch in training, and its gradient by every parameter. */
export async function checkGradients(reference: ReferenceCase): Promise<Check[]> {
  const [name, size] = reference;
  const { finetune_1: expected, input_stream } = await readReference(name, size);
  const model = await referenceModel(name, 2);
  const { images, labels } = referenceBatch(input_stream, size, 0);
  const { value, grads } = tf.variableGrads(
    () => softmaxCrossEntropy(model.classifier(model.features(images, NO_DROPOUT)), labels),
    model.trainable("all"),
  );
  const slack = slackOf(name, "training") + RELU_JUMPS * largestShare(expected.gradients!);
  const comparison = new Comparison();
  const specs = parameterSpecs(model.architecture, 2).filter(({ trainable }) => trainable);
  const gradients = specs.map(({ name }) => grads[model.parameters.get(name)!.name]);
  for (const [i, values] of (await readTensors(gradients)).entries()) {
    const spec = specs[i], torch = expected.gradients![spec.name];
    const kept = sampleParameter(spec, values, torch.values.length);
    addTensor(comparison, spec.name, kept, torch, slack);
  }
  tf.dispose([images, labels, value, grads]);
  model.dispose();
  return [comparison.check("one step", `${describe(reference)}: gradients`)];
}

/** Losses of one step and of five by SGD, and the parameters and running buffers after them. */
export async function checkTraining(
  reference: ReferenceCase,
  branch: Branch,
  most: 1 | 5 = 5,
): Promise<Check[]> {
  const { input_stream, ...references } = await readReference(...reference);
  const by = { branch, optimizer: "sgd", batch_norm: "batch" } as const;
  const cases = ([1, 5] as const).filter((steps) => steps <= most).flatMap((steps) => {
    const expected = references[`${branch}_${steps}`];
    // Where rounding errors take over within five steps, there is nothing to compare with.
    return expected ? [{ ...expected, ...by, steps }] : [];
  });
  return await checkSteps(reference, input_stream, cases);
}

/** Cases that there are steps of by AdamW, and by running statistics: the smaller side of some models. */
export async function stepsCases(): Promise<ReferenceCase[]> {
  const files = await Array.fromAsync(Deno.readDir(fixturePath("steps")), ({ name }) => name);
  return (await referenceCases()).filter((reference) =>
    files.includes(`${reference.join(".")}.json`)
  );
}

/** As `checkTraining`: one and five steps by AdamW, and where batch norm goes by its running statistics. */
export async function checkOtherSteps(reference: ReferenceCase): Promise<Check[]> {
  const { input_stream, cases } = await readSteps(...reference);
  const runs = Map.groupBy(
    cases,
    ({ branch, optimizer, batch_norm }) => [branch, optimizer, batch_norm].join(),
  );
  const checks: Check[] = [];
  for (const run of runs.values()) checks.push(...await checkSteps(reference, input_stream, run));
  return checks;
}

const LEARNING_RATE = 0.001, WEIGHT_DECAY = 0.05;
/**
 * AdamW moves a parameter by about the learning rate, however small its gradient, and the smaller that is
 * the larger its share of rounding: what a parameter may be off by, as a share of its way.
 */
const ADAMW_SLACK = 0.01;

type StepsCase = StepsReference["cases"][number];

/** One training, compared after each number of steps that there is a case of. */
async function checkSteps(
  reference: ReferenceCase,
  inputStream: number,
  cases: readonly StepsCase[],
): Promise<Check[]> {
  const [name, size] = reference, [{ branch, optimizer: by, batch_norm }] = cases;
  const model = await referenceModel(name, 2);
  const optimizer = by === "sgd"
    ? new Sgd(model.trainable(branch === "frozen" ? "head" : "all"), 0.9)
    : adamWOf(model, branch);
  const mode = { dropoutMask: null, batchNorm: batch_norm } as const;
  const losses: tf.Tensor[] = [], checks: Check[] = [];
  for (let step = 0; step < Math.max(...cases.map(({ steps }) => steps)); step++) {
    const { images, labels } = referenceBatch(inputStream, size, step);
    const rates = tf.tensor(optimizer.rates(LEARNING_RATE, step), optimizer.rateShape);
    const { loss, logits } = trainStep(model, branch, optimizer, rates, images, labels, mode);
    losses.push(loss);
    tf.dispose([images, labels, rates, logits]);
    for (const expected of cases.filter(({ steps }) => steps === step + 1)) {
      checks.push(...await compareSteps(reference, model, losses, expected));
    }
  }
  tf.dispose(losses);
  optimizer.dispose();
  model.dispose();
  return checks;
}

async function compareSteps(
  reference: ReferenceCase,
  model: Model,
  losses: readonly tf.Tensor[],
  { branch, optimizer, batch_norm, steps, ...expected }: StepsCase,
): Promise<Check[]> {
  const specs = parameterSpecs(model.architecture, 2).filter(({ name }) => expected.state[name]);
  const read = await readTensors([
    ...losses,
    ...specs.map(({ name }) => model.parameters.get(name)!),
  ]);
  const ofLosses = new Comparison();
  for (const [step, [loss]] of read.splice(0, steps).entries()) {
    const torch = expected.losses[step];
    const bound = FLOAT32_ERRORS * expected.f32_loss_error + LOSS_SLACK * Math.max(1, torch);
    ofLosses.add(`step ${step + 1}`, 1, Math.abs(loss - torch), bound);
  }
  const state = new Comparison();
  const moves = optimizer === "adamw" ? ADAMW_SLACK * LEARNING_RATE * steps : 0;
  for (const [i, spec] of specs.entries()) {
    const torch = expected.state[spec.name];
    const kept = sampleParameter(spec, read[i], torch.values.length);
    addTensor(state, spec.name, kept, torch, slackOf(reference[0], "training"), moves);
  }
  const stage = steps === 1 ? "one step" : "five steps";
  const what = `${describe(reference)}, ${branch}` + (optimizer === "adamw" ? " by AdamW" : "") +
    (batch_norm === "running" ? ", running statistics" : "");
  return [
    ofLosses.check(stage, `${what}: losses`),
    state.check(stage, `${what}: parameters and buffers after`),
  ];
}

/** With torch's own settings, and decay of weights alone. */
function adamWOf(model: Model, branch: Branch): AdamW {
  const { architecture } = model;
  const specs = parameterSpecs(architecture, 2).filter(({ name, trainable }) =>
    trainable && (branch === "finetune" || name.startsWith(`${architecture.head}.`))
  );
  const settings = {
    rates: specs.map(() => 1),
    decays: weightDecays(specs, WEIGHT_DECAY),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  };
  return new AdamW(model.trainable(branch === "frozen" ? "head" : "all"), settings, null);
}

const NO_DROPOUT = { dropoutMask: null };

/**
 * The largest error of torch's own float32 gradients, as a share of a tensor's largest value. Any
 * tensor may be as far off: where rounding takes a ReLU's input across zero a gradient jumps, and
 * which ReLU it is differs between any two float32 programs. The inputs of 64 pixels were chosen so
 * that few are so near zero; what these move is in the fixture (`jump`), and counts besides. At 224, of
 * millions some always are: torch itself is off by 0.9% in one layer of ResNet-18, and by 0.0002% in
 * most.
 *
 * A weight before a batch norm that undoes it has a gradient of zero but for rounding: such a tensor
 * says nothing of the others.
 */
function largestShare(gradients: Record<string, Reference>): number {
  const references = Object.values(gradients);
  const largest = Math.max(...references.map(({ max_abs }) => max_abs));
  const shares = references
    .filter(({ max_abs }) => max_abs > 1e-9 * largest)
    .map(({ f32_error_max, max_abs }) => f32_error_max / max_abs);
  return Math.max(...shares);
}

/** Compares the elements that the fixture kept. */
function addTensor(
  comparison: Comparison,
  name: string | undefined,
  ours: readonly number[],
  torch: Reference,
  slack: number,
  moves = 0,
): void {
  const difference = ours.length === torch.values.length
    ? torch.values.reduce((worst, value, i) => worseOf(worst, Math.abs(ours[i] - value)), 0)
    : NaN;
  const bound = FLOAT32_ERRORS * torch.f32_error_max + slack * torch.max_abs + moves +
    (torch.jump ?? 0);
  comparison.add(name, ours.length, difference, bound);
}

/** The larger; or what is not a number. */
function worseOf(a: number, b: number): number {
  return a >= b || Number.isNaN(a) ? a : b;
}
