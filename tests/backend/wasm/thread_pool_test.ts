import assert from "node:assert/strict";
import { SharedHeap } from "../../../backend/wasm/heap.ts";
import { BinaryOperation, Kernel } from "../../../backend/wasm/generated_abi.ts";
import { setThreads } from "../../../backend/wasm/register.ts";
import { ThreadPool } from "../../../backend/wasm/thread_pool.ts";

const FOLDER = new URL("../../../backend/wasm/", import.meta.url);

async function newPool(threads: number) {
  const heap = new SharedHeap();
  const binary = await Deno.readFile(new URL("kernels.wasm", FOLDER));
  return { heap, pool: new ThreadPool(new WebAssembly.Module(binary), heap, threads) };
}

Deno.test("a worker that dies ends the computation with an error, and every later one", async () => {
  const { pool } = await newPool(2);
  // The worker starts in its own time: until it is there, the main thread does all the work.
  const tripped = () => {
    for (let i = 0; i < 1000; i++) pool.run(Kernel.trap, 1000, 0, undefined);
  };
  const deadline = performance.now() + 20_000;
  let message = "";
  while (!message && performance.now() < deadline) {
    try {
      tripped();
      await new Promise((resolve) => setTimeout(resolve, 1));
    } catch (error) {
      message = (error as Error).message;
    }
  }
  assert.match(message, /a thread of it died \(thread 1: .*unreachable.*\); restart the program/);
  assert.throws(() => pool.run(Kernel.trap, 0, 0, undefined), /died/);
  pool.dispose();
});

Deno.test("a pool of one thread computes without workers", async () => {
  const { heap, pool } = await newPool(1);
  const a = heap.store([1, 2, 3]), b = heap.store([10, 20, 30]), out = heap.allocate(3);
  pool.run(Kernel.binary, 1, 0, {
    operation: BinaryOperation.add,
    ...{ a: a.pointer, b: b.pointer, out: out.pointer },
    ...{ rows: 1, middle: 1, inner: 3, rowsPerChunk: 1 },
    ...{ aOuter: 0, aMiddle: 0, aInner: 1, bOuter: 0, bMiddle: 0, bInner: 1 },
  });
  assert.deepEqual([...heap.floats(out, 3)], [11, 22, 33]);
  pool.dispose();
});

Deno.test("kernels are computed in the order in which they were started, however many", async () => {
  const SIZE = 64;
  for (const threads of [1, 2, 3, 5]) {
    const { heap, pool } = await newPool(threads);
    const one = heap.store(Array(SIZE).fill(1)).pointer;
    const x = heap.store(Array(SIZE).fill(0)), y = heap.allocate(SIZE).pointer;
    const start = (
      operation: BinaryOperation,
      a: number,
      b: number,
      out: number,
      chunks: number,
    ) =>
      pool.run(Kernel.binary, chunks, 0, {
        ...{ operation, a, b, out, rows: SIZE, middle: 1, inner: 1 },
        ...{ aOuter: 1, aMiddle: 1, aInner: 1, bOuter: 1, bMiddle: 1, bInner: 1 },
        rowsPerChunk: Math.ceil(SIZE / chunks),
      });
    // x grows by one each time if the order holds, also between the chunks, which are cut differently.
    for (let i = 1; i <= 2000; i++) {
      start(BinaryOperation.add, x.pointer, one, y, 8);
      start(BinaryOperation.add, y, y, x.pointer, 5);
      start(BinaryOperation.subtract, x.pointer, y, x.pointer, 3);
      if (i % 500 > 0) continue;
      assert.deepEqual([...heap.floats(x, SIZE)], Array(SIZE).fill(i), `${threads} threads`);
      await new Promise((resolve) => setTimeout(resolve, 1)); // workers come, or park
    }
    pool.dispose();
  }
});

Deno.test("values are stored behind the kernels that were started, which still read what lay there", async () => {
  const SIZE = 4096;
  for (const threads of [1, 2, 3]) {
    const { heap, pool } = await newPool(threads);
    const sums = heap.store(Array(SIZE).fill(0)),
      floats = (block: { pointer: number }) => block.pointer;
    const add = (a: number) =>
      pool.run(Kernel.binary, 8, 0, {
        ...{ operation: BinaryOperation.add, a, b: floats(sums), out: floats(sums) },
        ...{ rows: SIZE, middle: 1, inner: 1, rowsPerChunk: SIZE / 8 },
        ...{ aOuter: 1, aMiddle: 1, aInner: 1, bOuter: 1, bMiddle: 1, bInner: 1 },
      });
    let sum = 0;
    for (let i = 0; i < 200; i++) {
      // Each lies where the one before it lay; every tenth is too large to be staged behind others.
      const values = heap.store(new Float32Array(i % 10 === 9 ? 70_000 : SIZE).fill(i));
      add(values.pointer);
      heap.release(values);
      const integers = heap.storeIntegers(new Int32Array(SIZE).fill(i));
      heap.release(integers);
      sum += i;
    }
    assert.deepEqual([...heap.floats(sums, SIZE)], Array(SIZE).fill(sum), `${threads} threads`);
    pool.dispose();
  }
});

Deno.test("a number of threads that is none is refused", () => {
  for (const threads of [0, -1, 1.5, NaN]) {
    assert.throws(() => setThreads(threads), /threads must be a whole number from 1 on/);
  }
});

Deno.test("a program that used the backend ends by itself, with read access to its folder alone", async () => {
  const program = `
    import * as tf from "@tensorflow/tfjs";
    import { registerWasmBackend, WASM_BACKEND } from "${new URL("mod.ts", FOLDER)}";
    registerWasmBackend({ threads: 3 });
    await tf.setBackend(WASM_BACKEND);
    console.log(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).sum().dataSync()[0]);
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, program);
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", config, `--allow-read=${FOLDER.pathname}`, file],
  }).output();
  await Deno.remove(file);
  assert.equal(new TextDecoder().decode(stderr), "");
  assert.equal(new TextDecoder().decode(stdout).trim(), String(64 * 64 * 64));
  assert.equal(code, 0);
});
