/** Random numbers, and all that the tutorial decides by them. */
import { planEpoch } from "../../data/epoch_plan.ts";
import { linearInit } from "../../data/torch_init.ts";
import { Generator } from "../../data/torch_random.ts";
import { type Check, Equality } from "./check.ts";
import { readFixture, sha256 } from "./fixtures.ts";

/** As tests/reference/torch_random.py writes it. */
interface RandomFixture {
  seeds: {
    seed: string;
    random64: string[];
    uniform: [from: number, to: number, values: number[]][];
    randint: [low: number, high: number, values: number[]][];
    randperm: [n: number, order: number[]][];
    fill: [size: number, digest: string][];
    double: number[];
  }[];
  linear: { in: number; out: number; weight: string; bias: string }[];
}

/** As tests/reference/loader_order.py writes it. */
interface OrderFixture {
  batch_size: number;
  train: [width: number, height: number][];
  val: [width: number, height: number][];
  runs: {
    seed: number;
    in_features: number;
    phases: { split: "train" | "val"; batches: number[][]; crops: Record<string, unknown>[] }[];
  }[];
}

export async function* checkRandomNumbers(): AsyncGenerator<Check> {
  const { seeds, linear } = await readFixture<RandomFixture>("data/torch_random.json");
  yield checkGenerator(seeds);
  yield checkLinear(linear);
  yield checkOrder(await readFixture<OrderFixture>("data/loader_order.json"));
}

function checkGenerator(seeds: RandomFixture["seeds"]): Check {
  const equality = new Equality();
  for (const { seed, random64, uniform, randint, randperm, fill, double } of seeds) {
    // One generator draws everything, as in torch: a number too many shows in all that follow.
    const generator = new Generator(BigInt(seed));
    equality.values("random_", random64.map(() => String(generator.random64())), random64);
    for (const [from, to, values] of uniform) {
      equality.values("uniform_", values.map(() => generator.uniform(from, to)), values);
    }
    for (const [low, high, values] of randint) {
      equality.values("randint", values.map(() => generator.randint(low, high)), values);
    }
    for (const [n, order] of randperm) {
      equality.values("randperm", Array.from(generator.randperm(n)), order);
    }
    for (const [size, digest] of fill) {
      const values = generator.fillUniform(new Float32Array(size), -0.25, 0.7);
      equality.digest("uniform_ of a tensor", size, sha256(values), digest);
    }
    equality.values("uniform_ in float64", double.map(() => generator.uniformDouble()), double);
  }
  return equality.check("random numbers", `torch.Generator for ${seeds.length} seeds`);
}

function checkLinear(layers: RandomFixture["linear"]): Check {
  const equality = new Equality();
  for (const expected of layers) {
    const { weight, bias } = linearInit(new Generator(0), expected.in, expected.out);
    equality.digest("weight", weight.length, sha256(weight), expected.weight);
    equality.digest("bias", bias.length, sha256(bias), expected.bias);
  }
  return equality.check("random numbers", "new nn.Linear heads");
}

function checkOrder({ batch_size, train, val, runs }: OrderFixture): Check {
  const equality = new Equality();
  const sizes = (photos: [number, number][]) =>
    photos.map(([width, height]) => ({ width, height }));
  const photos = { train: sizes(train), val: sizes(val) };
  for (const { seed, in_features, phases } of runs) {
    const generator = new Generator(seed);
    linearInit(generator, in_features, 2);
    for (const { split, batches, crops } of phases) {
      const training = split === "train";
      const plan = Array.from(
        planEpoch(generator, photos[split], {
          batchSize: batch_size,
          shuffle: true,
          crop: training,
        }),
      );
      equality.values("order", plan.flatMap(({ indices }) => indices), batches.flat());
      const numbers = (crop: object) => {
        const { left, top, width, height, flip } = crop as Record<string, unknown>;
        return [left, top, width, height, flip];
      };
      const drawn = plan.flatMap(({ crops }) => crops);
      if (training) equality.values("crops", drawn.flatMap(numbers), crops.flatMap(numbers));
    }
  }
  const what = `order, crops and flips of ${runs.length} runs, batches of ${batch_size}`;
  return equality.check("random numbers", what);
}
