import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { compileAhead } from "../../../backend/webgpu/compile_ahead.ts";
import { pipelinesOf } from "../../../backend/webgpu/dispatch.ts";
import { WEBGPU } from "./subject.ts";

const kernel = (n: number) => ({
  label: `kernel ${n}`,
  code: `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = x[id.x] * ${n}.0 + 1.0; }`,
});

WEBGPU.test("workers compile what they are sent, each its part", async () => {
  const codes = Array.from({ length: 17 }, (_, i) => kernel(i));
  assert.equal(await compileAhead(codes, 2), 17);
  assert.equal(await compileAhead(codes, 1), 0);
  assert.equal(await compileAhead(codes.slice(0, 9), 2), 0);
});

WEBGPU.test("a kernel that does not compile keeps nobody waiting", async () => {
  const codes = Array.from({ length: 16 }, (_, i) => kernel(i));
  codes[3] = { label: "broken", code: "this is no WGSL, however long it may be ".repeat(99) };
  assert.equal(await compileAhead(codes, 2), 8);
});

WEBGPU.test("asking what a computation would compile computes nothing and changes no variable", async () => {
  const variable = tf.variable(tf.ones([1, 9, 9, 8]));
  const filter = tf.variable(tf.fill([3, 3, 8, 8], 0.5));
  const work = () =>
    tf.tidy(() => {
      const y = tf.conv2d(variable as tf.Tensor as tf.Tensor4D, filter as never, 1, "same");
      variable.assign(y);
    });
  const wanted = pipelinesOf(work);
  assert.deepEqual(wanted.map(({ label }) => label), ["conv2d"]);
  assert.match(wanted[0].code, /fn main/);
  assert.deepEqual([...await variable.data()], Array(9 * 9 * 8).fill(1));
  work();
  assert.equal((await variable.data())[0], 4 * 8 * 0.5);
  assert.deepEqual(pipelinesOf(work), [], "what is compiled is not asked for again");
  tf.dispose([variable, filter]);
});
