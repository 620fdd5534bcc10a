/** Dispatches that share the adapter compute what they do one after the other. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  allocate,
  dispatch,
  type Kernel,
  runSideBySide,
} from "../../../backend/webgpu/dispatch.ts";
import type { Constants } from "../../../backend/webgpu/expand.ts";
import { joinedProgram, programOf } from "../../../backend/webgpu/program.ts";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";

const SIZE = 384;

const MAIN =
  "fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u)";

/** y = (a + 3·b) mod 1024, by workgroups of WX by WY threads in a grid of several dimensions. */
const COMBINE: Kernel = {
  name: "combine",
  source: `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
fn modulo(x: f32) -> f32 { return x - floor(x / 1024.0) * 1024.0; }
@compute @workgroup_size({{WX}}, {{WY}})
${MAIN} {
  let group_at = (i32(group.z) * {{GY}} + i32(group.y)) * {{GX}} + i32(group.x);
  let i = (group_at * {{WY}} + i32(local.y)) * {{WX}} + i32(local.x);
  if (i >= ${SIZE}) { return; }
  y[i] = modulo(a[i] + 3.0 * b[i]);
}`,
};

/** y = (y + a + 1) mod 1024, in place. */
const MOVE: Kernel = {
  name: "move",
  source: `
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<storage, read> a: array<f32>;
fn modulo(x: f32) -> f32 { return x - floor(x / 1024.0) * 1024.0; }
@compute @workgroup_size({{WX}})
${MAIN} {
  let i = i32(group.x) * {{WX}} + i32(local.x);
  if (i < ${SIZE}) { y[i] = modulo(y[i] + a[i] + 1.0); }
}`,
};

/** Each of a workgroup's values becomes another one's of them, by the workgroup's own memory. */
const TURN: Kernel = {
  name: "turn",
  source: `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
var<workgroup> values: array<f32, {{WX}}>;
@compute @workgroup_size({{WX}})
${MAIN} {
  let i = i32(group.x) * {{WX}} + i32(local.x);
  values[local.x] = a[min(i, ${SIZE - 1})];
  workgroupBarrier();
  if (i < ${SIZE}) { y[i] = values[{{WX - 1}} - i32(local.x)]; }
}`,
};

const modulo = (x: number) => x - Math.floor(x / 1024) * 1024;

/** One of the kernels by chance, here and on the GPU: which of the tensors it reads and writes. */
interface Work {
  kernel: Kernel;
  constants: Constants;
  groups: [number, number?, number?];
  tensors: number[];
  compute(...values: Float32Array[]): void;
}

function someWork(random: (count: number) => number, tensors: number): Work {
  const pick = () => random(tensors);
  const read = pick(), other = pick();
  let written = pick();
  while (written === read || written === other) written = pick();
  const kind = random(3);
  if (kind === 0) {
    const [WX, WY] = [[8, 1], [24, 1], [8, 8], [16, 16]][random(4)];
    const [GX, GY] = [random(3) + 1, random(2) + 1];
    const groups = Math.ceil(SIZE / (WX * WY) / (GX * GY));
    return {
      kernel: COMBINE,
      constants: { WX, WY, GX, GY },
      groups: [GX, GY, groups],
      tensors: [read, other, written],
      compute: (a, b, y) => y.forEach((_, i) => y[i] = modulo(a[i] + 3 * b[i])),
    };
  }
  const WX = [8, 64, 128][random(3)];
  if (kind === 1) {
    return {
      kernel: MOVE,
      constants: { WX },
      groups: [Math.ceil(SIZE / WX)],
      tensors: [written, read],
      compute: (y, a) => y.forEach((_, i) => y[i] = modulo(y[i] + a[i] + 1)),
    };
  }
  return {
    kernel: TURN,
    constants: { WX },
    groups: [Math.ceil(SIZE / WX)],
    tensors: [read, written],
    compute: (a, y) => y.forEach((_, i) => y[i] = a[Math.floor(i / WX) * WX + WX - 1 - i % WX]),
  };
}

function generator(seed: number): (count: number) => number {
  let state = seed * 2654435761 >>> 0;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % count;
  };
}

/** Dispatches that reach the device while `work` is done and submitted. */
async function countDispatches(work: () => Promise<void>): Promise<number> {
  const { prototype } = GPUComputePassEncoder, { dispatchWorkgroups } = prototype;
  let count = 0;
  prototype.dispatchWorkgroups = function (...groups) {
    count++;
    return dispatchWorkgroups.apply(this, groups);
  };
  const end = runSideBySide(tf.backend() as unknown as TfjsWebGpuBackend);
  try {
    await work();
  } finally {
    end();
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return count;
}

async function checkSequence(seed: number): Promise<{ asked: number; dispatched: number }> {
  const backend = tf.backend() as unknown as TfjsWebGpuBackend;
  const random = generator(seed);
  const expected = Array.from(
    { length: 7 },
    (_, t) => Float32Array.from({ length: SIZE }, (_, i) => (i * (t + 3)) % 1024),
  );
  const infos = expected.map((values) => backend.makeTensorInfo([SIZE], "float32", values.slice()));
  const asked = 40;
  const dispatched = await countDispatches(async () => {
    for (let i = 0; i < asked; i++) {
      const { kernel, constants, groups, tensors, compute } = someWork(random, infos.length);
      compute(...tensors.map((t) => expected[t]));
      dispatch(backend, kernel, constants, tensors.map((t) => infos[t]), groups);
      if (i === 20) {
        // A program of tfjs's own comes where it was asked for, and a tensor that goes may be reused.
        const t = random(infos.length);
        const doubled = tf.tidy(() => tf.mul(tf.engine().makeTensorFromTensorInfo(infos[t]), 2));
        const kept = { dataId: doubled.dataId, shape: [SIZE], dtype: "float32" as const };
        infos[t] = kept;
        expected[t] = expected[t].map((value) => 2 * value);
      }
    }
    await backend.read(infos[0].dataId);
  });
  for (const [t, { dataId }] of infos.entries()) {
    assert.deepEqual(await backend.read(dataId), expected[t], `tensor ${t} with seed ${seed}`);
    backend.disposeData(dataId);
  }
  return { asked, dispatched };
}

WEBGPU.test("dispatches by chance come out as one after the other, in fewer dispatches", async () => {
  let asked = 0, dispatched = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const counts = await checkSequence(seed);
    asked += counts.asked;
    dispatched += counts.dispatched;
  }
  assert.ok(dispatched < 0.85 * asked, `${dispatched} dispatches for ${asked}`);
});

WEBGPU.test("the same as it is done for hardware", () =>
  asOnGpu(async () => {
    await checkSequence(7);
  }));

WEBGPU.test("what reads a value runs behind what writes it, and what writes it behind what reads it", async () => {
  const backend = tf.backend() as unknown as TfjsWebGpuBackend;
  const [a, b] = [1, 2].map((value) => tf.fill([SIZE], value));
  const y = allocate(backend, [SIZE]), z = allocate(backend, [SIZE]);
  const move = (y: tf.TensorInfo, a: tf.TensorInfo) =>
    dispatch(backend, MOVE, { WX: 64 }, [y, a], [SIZE / 64]);
  const combine = (y: tf.TensorInfo, a: tf.TensorInfo, b: tf.TensorInfo) =>
    dispatch(backend, COMBINE, { WX: 64, WY: 1, GX: 6, GY: 1 }, [a, b, y], [6]);
  const count = await countDispatches(async () => {
    combine(y, a, b); // 7
    combine(z, b, a); // 5, beside it
    move(y, a); // 9, behind the first
    move(z, y); // 15, behind that
    move(y, b); // 12, behind that which read it
    await backend.read(y.dataId);
  });
  assert.deepEqual([...new Set(await backend.read(y.dataId) as Float32Array)], [12]);
  assert.deepEqual([...new Set(await backend.read(z.dataId) as Float32Array)], [15]);
  assert.equal(count, 4);
  tf.dispose([a, b]);
  for (const { dataId } of [y, z]) backend.disposeData(dataId);
});

WEBGPU.test("other work than recorded steps has each dispatch by itself, and no program for two", async () => {
  const backend = tf.backend() as unknown as TfjsWebGpuBackend;
  const a = tf.fill([SIZE], 1), outputs = [1, 2, 3].map(() => allocate(backend, [SIZE]));
  const { prototype } = GPUDevice, { createComputePipeline } = prototype;
  const compiled: string[] = [];
  prototype.createComputePipeline = function (descriptor) {
    compiled.push(descriptor.label ?? "");
    return createComputePipeline.call(this, descriptor);
  };
  for (const y of outputs) dispatch(backend, TURN, { WX: 96 }, [a, y], [SIZE / 96]);
  prototype.createComputePipeline = createComputePipeline;
  assert.deepEqual([...new Set(await backend.read(outputs[2].dataId) as Float32Array)], [1]);
  assert.deepEqual(compiled, ["turn"]);
  a.dispose();
  for (const { dataId } of outputs) backend.disposeData(dataId);
});

Deno.test("a joined program has names, bindings and workgroups of each of its parts", () => {
  const parts = [
    {
      program: programOf(COMBINE, { WX: 8, WY: 1, GX: 2, GY: 3 }, true),
      groups: [2, 3, 8] as const,
    },
    { program: programOf(TURN, { WX: 64 }, true), groups: [6, 1, 1] as const },
  ].map(({ program, groups: [x, y, z] }) => ({
    program,
    groups: [x, y, z] as [number, number, number],
  }));
  const { program, groups } = joinedProgram(parts, true);
  assert.equal(program.name, "combine+turn");
  const read = "read-only-storage";
  assert.deepEqual(program.bindings, [read, read, "storage", read, "storage"]);
  assert.deepEqual(groups, [2 * 3 * 8 / 8 + 6, 1, 1]);
  const bindings = [...program.code.matchAll(/@binding\((\d)\) var<storage, [\w]+> (\w+)/g)];
  assert.deepEqual(bindings.map(([, binding, name]) => [binding, name]), [
    ["0", "p0_a"],
    ["1", "p0_b"],
    ["2", "p0_y"],
    ["3", "p1_a"],
    ["4", "p1_y"],
  ]);
  assert.equal([...program.code.matchAll(/@workgroup_size/g)].length, 1);
});

Deno.test("told late, a joined program is the same for all numbers of workgroups", () => {
  const [combine, turn] = [
    programOf(COMBINE, { WX: 8, WY: 1, GX: 2, GY: 3 }, false),
    programOf(
      TURN,
      { WX: 64 },
      false,
    ),
  ];
  const joinedOf = (groups: [number, number, number], knowsSizes: boolean) =>
    joinedProgram([{ program: combine, groups }, { program: turn, groups: [6, 1, 1] }], knowsSizes)
      .program;
  const [a, b] = [joinedOf([2, 3, 8], false), joinedOf([5, 7, 16], false)];
  assert.equal(a.code, b.code);
  assert.notDeepEqual(a.sizes, b.sizes);
  assert.equal(a.bindings.at(-1), "uniform");
  // What is read in the places of a literal is that literal.
  const literal = joinedOf([5, 7, 16], true).code;
  const told = b.code.replace(/^.*var<uniform> sizes.*\n/m, "")
    .replaceAll(
      /(?<!\w)sizes\[(\d+)\]\.(\w)/g,
      (_, four, of) => String(b.sizes[4 * Number(four) + "xyzw".indexOf(of)]),
    );
  assert.equal(told, literal);
});

Deno.test("what a structure has keeps its name, though something else has it as well", () => {
  const source = `
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
struct Pair { y: f32, other: Pair2 }
struct Pair2 { y: f32 }
fn first(pair: Pair) -> f32 { return pair.y + pair.other.y; }
@compute @workgroup_size(64)
${MAIN} { y[local.x] = first(Pair()); }`;
  const program = programOf({ name: "pairs", source }, {}, true);
  const { code } = joinedProgram([{ program, groups: [1, 1, 1] }], true).program;
  assert.match(code, /struct p0_Pair \{ y: f32, other: p0_Pair2 \}/);
  assert.match(code, /return pair\.y \+ pair\.other\.y/);
  assert.match(code, /p0_y\[local\.x\] = p0_first\(p0_Pair\(\)\)/);
});
