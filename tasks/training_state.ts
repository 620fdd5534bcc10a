/** A training's state in a folder: what its checkpoints hold. */
import * as v from "valibot";
import { Generator } from "../data/torch_random.ts";
import type { FinetuneState } from "../training/finetune.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { RateTest } from "../training/history.ts";
import { history, rateTest } from "./artifacts/history.ts";
import { jsonArtifact } from "./artifacts/json_artifact.ts";
import { readParameters, writeParameters } from "../weights/parameter_file.ts";

export interface TrainingPlan {
  /** All that the training has. */
  epochs: number;
  rateTest?: RateTest;
}

type Tensors = ReadonlyMap<string, NamedTensor>;

/** What the tensors in `state.safetensors` are of. */
const stateFile = jsonArtifact(
  "state.json",
  "pipeline",
  v.object({
    history,
    /** Of the loaders' generator. */
    generator: v.array(v.number()),
    bestIsLast: v.boolean(),
    /** Where weights are averaged. */
    bestIsAveraged: v.optional(v.boolean()),
    /** All that the training was to have, for one whose rates follow from them. */
    epochs: v.optional(v.number()),
    /** By which its rate was found, where it was. */
    rateTest: v.optional(rateTest),
  }),
);

/**
 * What of it changes while training goes on (the history, the generator) is taken before this waits for
 * anything; tensors are read later.
 *
 * @param plan what was measured once, for whoever goes on
 * @param pretrained what of it did not move is not written: a frozen extractor is large
 */
export async function writeTrainingState(
  folder: string,
  { history, parameters, averaged, momentum, best }: FinetuneState,
  plan: TrainingPlan,
  generator: Generator,
  pretrained: Tensors,
): Promise<void> {
  const bestIsLast = best === parameters, bestIsAveraged = averaged && best === averaged;
  await stateFile.write(folder, {
    history,
    generator: Array.from(generator.saveState()),
    bestIsLast,
    bestIsAveraged,
    ...plan,
  });
  await writeParameters(
    `${folder}/state.safetensors`,
    new Map([
      ...prefixed("last", moved(parameters, pretrained)),
      ...prefixed("momentum", momentum.entries()),
      ...averaged ? prefixed("averaged", moved(averaged, pretrained)) : [],
      ...bestIsLast || bestIsAveraged ? [] : prefixed("best", moved(best, pretrained)),
    ]),
  );
}

/** What `writeTrainingState` left, and the generator to go on with. */
export async function readTrainingState(
  folder: string,
  pretrained: Tensors,
): Promise<FinetuneState & Partial<TrainingPlan> & { generator: Generator }> {
  const { history, generator, bestIsLast, bestIsAveraged, ...plan } = await stateFile.read(folder);
  const tensors = await readParameters(`${folder}/state.safetensors`);
  const of = (prefix: string) => new Map([...pretrained, ...under(prefix, tensors)]);
  const parameters = of("last");
  const averaged = bestIsAveraged === undefined ? undefined : of("averaged");
  return {
    history,
    parameters,
    momentum: under("momentum", tensors)
      .sort(([a], [b]) => Number(a) - Number(b)).map(([, tensor]) => tensor),
    averaged,
    best: bestIsLast ? parameters : bestIsAveraged ? averaged! : of("best"),
    ...plan,
    generator: Generator.fromState(Uint32Array.from(generator)),
  };
}

const moved = (tensors: Tensors, pretrained: Tensors) =>
  [...tensors].filter(([name, { data }]) => !isEqual(data, pretrained.get(name)?.data));

/** Bit by bit: -0 is not 0 here. */
function isEqual(a: Float32Array, b: Float32Array | undefined): boolean {
  if (a.length !== b?.length) return false;
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) =>
    new Uint32Array(buffer, byteOffset, length)
  );
  let at = 0;
  while (at < x.length && x[at] === y[at]) at++;
  return at === x.length;
}

const prefixed = (prefix: string, tensors: Iterable<[string | number, NamedTensor]>) =>
  Array.from(tensors, ([name, tensor]) => [`${prefix}/${name}`, tensor] as const);

const under = (prefix: string, tensors: Tensors) =>
  [...tensors].filter(([name]) => name.startsWith(`${prefix}/`))
    .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor] as const);
