/** Training whose steps are replayed: the same history, and errors that come late but come. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Batch, Loader } from "../../data/batch.ts";
import { fit, type TrainingState } from "../../training/fit.ts";
import { RECIPES } from "../../training/recipes.ts";
import type { TfjsWebGpuBackend } from "../../backend/webgpu/tfjs_backend.ts";
import { WEBGPU } from "../backend/webgpu/subject.ts";
import { ToyLoader, toyModel, toyModelWithNorm } from "./toy.ts";

const RECIPE = { ...RECIPES.quick, epochs: 6, lr: 0.5, stepSize: 2, gamma: 0.1 };

const loaders = () => ({ train: new ToyLoader(30, 4, 100), val: new ToyLoader(7, 4, 500) });

WEBGPU.test("training is what it is on the CPU, the smaller last batches included", async () => {
  const runs = [];
  for (const backend of ["cpu", "webgpu"]) {
    await tf.setBackend(backend);
    const model = toyModel();
    const before = tf.memory().numTensors;
    const seen: string[] = [];
    const { history, best } = await fit(model, loaders(), {
      branch: "finetune",
      recipe: RECIPE,
      onBatch: ({ phase, epoch, batch, indices }) =>
        seen.push(`${phase} ${epoch} ${batch} ${indices}`),
    });
    assert.equal(tf.memory().numTensors, before, `tensors left behind on ${backend}`);
    runs.push({ history, best, seen });
    model.dispose();
  }
  const [cpu, webgpu] = runs;
  assert.deepEqual(webgpu.seen, cpu.seen);
  cpu.history.epochs.forEach(({ lr, train, val }, i) => {
    const epoch = webgpu.history.epochs[i];
    assert.equal(epoch.lr, lr);
    assert.ok(Math.abs(epoch.train.loss - train.loss) < 1e-5);
    assert.ok(Math.abs(epoch.val.loss - val.loss) < 1e-5);
    assert.equal(epoch.train.accuracy, train.accuracy);
    assert.equal(epoch.val.accuracy, val.accuracy);
  });
  assert.deepEqual(webgpu.history.best, cpu.history.best);
  const weight = (run: typeof cpu) => run.best.get("fc.weight")!.data;
  weight(cpu).forEach((value, i) => assert.ok(Math.abs(weight(webgpu)[i] - value) < 1e-5));
});

WEBGPU.test(
  "a loss that is not finite stops a replayed run before its epoch is kept, naming the batch",
  async () => {
    const model = toyModel();
    const { train, val } = loaders();
    let epoch = 0;
    const poisoned = {
      length: train.length,
      async *[Symbol.asyncIterator]() {
        let index = 0;
        for await (const batch of { [Symbol.asyncIterator]: () => train[Symbol.asyncIterator]() }) {
          if (epoch === 2 && index++ === 5) batch.images[0] = NaN;
          yield batch;
        }
      },
    };
    let kept = 0;
    await assert.rejects(
      fit(model, { train: poisoned, val }, {
        branch: "finetune",
        recipe: RECIPE,
        onEpoch: () => {
          epoch++;
          kept++;
        },
      }),
      /train loss became NaN in epoch 3, batch 6 \(photos 20, 21, 22, 23 of train\), at learning rate 0.05/,
    );
    assert.equal(kept, 2);
    model.dispose();
  },
);

WEBGPU.test("photos that are left as bytes train to the same bits", async () => {
  await WEBGPU.activate();
  const table = Float32Array.from({ length: 3 * 256 }, (_, i) => Math.fround((i % 256) / 99 - 1));
  const ofBytes = (size: number, isRaw: boolean): Loader => ({
    length: Math.ceil(size / 4),
    async *[Symbol.asyncIterator]() {
      for (let start = 0; start < size; start += 4) {
        const indices = Array.from({ length: Math.min(4, size - start) }, (_, i) => start + i);
        const labels = Int32Array.from(indices, (index) => index % 2);
        const bytes = Uint8Array.from(
          { length: indices.length * 12 },
          (_, i) => (start * 12 + i) * 83 + (i >> 4) * 29,
        );
        const images = Float32Array.from(bytes, (byte, i) => table[i % 3 * 256 + byte]);
        const batch: Batch = { images, labels, indices };
        yield await Promise.resolve(
          isRaw ? { ...batch, raw: { bytes, table }, images: new Float32Array(0) } : batch,
        );
      }
    },
  });
  const [plain, raw] = await Array.fromAsync([false, true], async (isRaw) => {
    const model = toyModelWithNorm();
    const { history, best } = await fit(
      model,
      { train: ofBytes(30, isRaw), val: ofBytes(7, isRaw) },
      { branch: "finetune", recipe: RECIPE },
    );
    model.dispose();
    return { epochs: history.epochs.map(({ train, val }) => [train.loss, val.loss]), best };
  });
  assert.deepEqual(raw, plain);
});

// Last: it has a device of its own go away.
WEBGPU.test("a GPU that is lost in the middle of an epoch costs no more than that epoch", async () => {
  const train = async (
    { from, dieIn, keepState }: {
      from?: TrainingState;
      dieIn?: number;
      keepState?: (state: TrainingState) => void;
    },
  ) => {
    const model = toyModelWithNorm(from?.parameters);
    // The loader's own order goes on from the state's epoch, as the step's generator does.
    const { history } = await fit(model, loaders(), {
      branch: "finetune",
      recipe: RECIPE,
      from,
      onBatch: ({ phase, epoch, batch }) => {
        if (phase === "train" && epoch === dieIn && batch === 3) {
          (tf.backend() as unknown as TfjsWebGpuBackend).device.destroy();
        }
      },
      keepState: (state) => Promise.resolve(keepState?.(structuredClone(state))),
    });
    const parameters = await model.snapshot();
    model.dispose();
    return { history, parameters };
  };
  const whole = await train({});
  let last: TrainingState | undefined;
  const error = await train({ dieIn: 3, keepState: (state) => last = state })
    .then(() => undefined, (error) => error);
  assert.match(error.message, /the GPU was lost/);
  assert.equal(error.lost, true, "what has a step tried again");
  assert.equal(last!.history.epochs.length, 3);

  // As in the process of the next attempt.
  const createBackend = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", createBackend, 3);
  await tf.setBackend("webgpu");
  const resumed = await train({ from: last });
  assert.deepEqual(resumed.parameters, whole.parameters);
  const losses = ({ history }: typeof whole) =>
    history.epochs.map(({ train, val }) => [train.loss, val.loss]);
  assert.deepEqual(losses(resumed), losses(whole));
});
