/** A training's state in a folder: what its checkpoints hold. */
import * as v from "valibot";
import { Generator } from "../data/torch_random.ts";
import type { TrainingState } from "../training/fit.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { history } from "./artifacts/history.ts";
import { jsonArtifact } from "./artifacts/json_artifact.ts";
import { readParameters, writeParameters } from "../weights/parameter_file.ts";

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
  }),
);

/** @param pretrained what of it did not move is not written: a frozen extractor is large */
export async function writeTrainingState(
  folder: string,
  { history, parameters, momentum, best }: TrainingState,
  generator: Generator,
  pretrained: Tensors,
): Promise<void> {
  const bestIsLast = best === parameters;
  await stateFile.write(folder, {
    history,
    generator: Array.from(generator.saveState()),
    bestIsLast,
  });
  await writeParameters(
    `${folder}/state.safetensors`,
    new Map([
      ...prefixed("last", moved(parameters, pretrained)),
      ...prefixed("momentum", momentum.entries()),
      ...bestIsLast ? [] : prefixed("best", moved(best, pretrained)),
    ]),
  );
}

/** What `writeTrainingState` left, and the generator to go on with. */
export async function readTrainingState(
  folder: string,
  pretrained: Tensors,
): Promise<TrainingState & { generator: Generator }> {
  const { history, generator, bestIsLast } = await stateFile.read(folder);
  const tensors = await readParameters(`${folder}/state.safetensors`);
  const parameters = new Map([...pretrained, ...under("last", tensors)]);
  return {
    history,
    parameters,
    momentum: under("momentum", tensors)
      .sort(([a], [b]) => Number(a) - Number(b)).map(([, tensor]) => tensor),
    best: bestIsLast ? parameters : new Map([...pretrained, ...under("best", tensors)]),
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
  return x.every((bits, i) => bits === y[i]);
}

const prefixed = (prefix: string, tensors: Iterable<[string | number, NamedTensor]>) =>
  Array.from(tensors, ([name, tensor]) => [`${prefix}/${name}`, tensor] as const);

const under = (prefix: string, tensors: Tensors) =>
  [...tensors].filter(([name]) => name.startsWith(`${prefix}/`))
    .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor] as const);
