import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { linearInit } from "../../data/torch_init.ts";
import { Generator } from "../../data/torch_random.ts";
import fixture from "../../bench/certify/fixtures/data/torch_random.json" with { type: "json" };

function sha256(values: Float32Array): string {
  return createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
}

function repeat<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

for (const expected of fixture.seeds) {
  Deno.test(`every kind of number follows torch for seed ${expected.seed}`, () => {
    const generator = new Generator(BigInt(expected.seed));
    const { random64, uniform, randint, randperm, fill } = expected;
    assert.deepEqual(repeat(random64.length, () => String(generator.random64())), random64);
    for (const [from, to, values] of uniform as [number, number, number[]][]) {
      const ours = repeat(values.length, () => generator.uniform(from, to));
      assert.deepEqual(ours, values, `uniform ${from} to ${to}`);
    }
    for (const [low, high, values] of randint as [number, number, number[]][]) {
      const ours = repeat(values.length, () => generator.randint(low, high));
      assert.deepEqual(ours, values, `randint ${low} to ${high}`);
    }
    for (const [n, order] of randperm as [number, number[]][]) {
      assert.deepEqual([...generator.randperm(n)], order, `randperm of ${n}`);
    }
    for (const [size, digest] of fill as [number, string][]) {
      const ours = generator.fillUniform(new Float32Array(size), -0.25, 0.7);
      assert.equal(sha256(ours), digest, `uniform_ over ${size} elements`);
    }
    assert.deepEqual(expected.double, repeat(8, () => generator.uniformDouble()));
    assert.equal(
      generator.uniform(),
      expected.rand_after,
      "as many numbers were drawn as in torch",
    );
  });
}

for (const expected of fixture.linear) {
  Deno.test(`a new linear layer of ${expected.in} to ${expected.out} features is torch's`, () => {
    const generator = new Generator(0);
    const { weight, bias } = linearInit(generator, expected.in, expected.out);
    assert.deepEqual([...weight.subarray(0, 3)], expected.first);
    assert.equal(sha256(weight), expected.weight);
    assert.equal(sha256(bias), expected.bias);
    assert.equal(generator.uniform(), expected.rand_after);
  });
}

Deno.test("a seed given as number and as bigint is the same seed", () => {
  assert.equal(new Generator(42).randomUint32(), new Generator(42n).randomUint32());
});

Deno.test("a restored generator continues where the other was saved, and apart from it", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 0, max: 2000 }), (seed, skipped) => {
    const generator = new Generator(seed);
    for (let i = 0; i < skipped; i++) generator.randomUint32();
    const saved = generator.saveState();
    const expected = repeat(700, () => generator.randomUint32());
    const restored = Generator.fromState(saved);
    assert.deepEqual(repeat(700, () => restored.randomUint32()), expected);
  }));
});

Deno.test("impossible requests are refused by name", () => {
  const generator = new Generator(0);
  assert.throws(() => new Generator(0.5), /seed is an integer/);
  assert.throws(() => generator.randint(3, 3), /low < high/);
  assert.throws(() => generator.randperm(-1), /count/);
  assert.throws(() => generator.randperm(2 ** 30), /count/);
  assert.throws(() => Generator.fromState(new Uint32Array(3)), /state of a generator/);
  assert.throws(() => linearInit(generator, 0, 2), /needs features/);
});
