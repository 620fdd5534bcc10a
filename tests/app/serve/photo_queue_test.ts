import assert from "node:assert/strict";
import type { CropResponse } from "../../../data/crop_photo.ts";
import type { Output } from "../../../inference/predictor.ts";
import { PhotoQueue, type PhotoQueueOptions } from "../../../app/serve/photo_queue.ts";
import { BusyError, PhotoError } from "../../../app/serve/refusals.ts";

const never = new AbortController().signal;
const from = (address: string, signal = never) => ({ address, signal });
const outputOf = (crop: Uint8Array): Output => ({
  logits: [crop[0]],
  features: new Float32Array(0),
});
const crop = (photo: Uint8Array) => ({ crop: Uint8Array.from(photo) });

function queueOf(options: Partial<PhotoQueueOptions>): PhotoQueue {
  return new PhotoQueue({
    cut: (photo) => Promise.resolve(crop(photo)),
    cutting: 3,
    predict: (crops) => Promise.resolve(crops.map(outputOf)),
    predicting: 2,
    ...options,
  });
}

/** Work that ends when it is told. */
function gate() {
  const waiting: (() => void)[] = [];
  return {
    pass: () => new Promise<void>((resolve) => waiting.push(resolve)),
    open: () => waiting.splice(0).forEach((resolve) => resolve()),
    get size() {
      return waiting.length;
    },
  };
}

const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("each photo gets its own answer, whatever goes with it", async () => {
  const queue = queueOf({});
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => queue.ask(Uint8Array.of(i), from(`${i % 3}`))),
  );
  assert.deepEqual(answers.map(({ logits }) => logits), Array.from({ length: 40 }, (_, i) => [i]));
});

Deno.test("what waits is answered together, eight at a time and two batches side by side", async () => {
  const batches: number[] = [];
  const { pass, open } = gate();
  const queue = queueOf({
    predict: async (crops) => {
      batches.push(crops.length);
      await pass();
      return crops.map(outputOf);
    },
  });
  const all = Array.from({ length: 30 }, () => queue.ask(Uint8Array.of(1), from("a")));
  await turn(50);
  assert.equal(batches.length, 2, "two at a time");
  open();
  await turn(20);
  assert.deepEqual(batches.slice(2), [8, 8]);
  while (batches.reduce((sum, size) => sum + size, 0) < 30) {
    open();
    await turn(10);
  }
  open();
  await Promise.all(all);
});

Deno.test("a single photo waits for no others", async () => {
  const queue = queueOf({});
  for (let i = 0; i < 20; i++) {
    const first = await Promise.race([queue.ask(Uint8Array.of(i), from("a")), turn()]);
    assert.deepEqual(first, outputOf(Uint8Array.of(i)), "no timer comes before its answer");
  }
});

Deno.test("64 photos of one sender do not hold up another's: it has the very next turn", async () => {
  const order: string[] = [];
  const queue = queueOf({
    cutting: 2,
    predicting: 1,
    predict: async (crops) => {
      await turn(2);
      return crops.map(outputOf);
    },
  });
  const ask = async (address: string) => {
    await queue.ask(Uint8Array.of(1), from(address));
    order.push(address);
  };
  const greedy = Array.from({ length: 60 }, () => ask("greedy"));
  await turn(3);
  await ask("other");
  assert.ok(order.indexOf("other") < 25, `it came after ${order.indexOf("other")}`);
  await Promise.all(greedy);
});

Deno.test("photos of one sender that are stuck leave a decoder for the others", async () => {
  const { pass, open } = gate();
  const queue = queueOf({
    cut: async (photo): Promise<CropResponse> => {
      if (photo[0] === 255) await pass();
      return crop(photo);
    },
  });
  const stuck = Array.from({ length: 10 }, () => queue.ask(Uint8Array.of(255), from("stuck")));
  const answer = await queue.ask(Uint8Array.of(7), from("other"));
  assert.deepEqual(answer.logits, [7]);
  for (let i = 0; i < 10; i++) {
    open();
    await turn(5);
  }
  await Promise.all(stuck);
});

Deno.test("not more are taken in than may; whoever has most there makes room for another", async () => {
  const { pass, open } = gate();
  const queue = queueOf({
    most: 6,
    cut: async (photo) => {
      await pass();
      return crop(photo);
    },
  });
  const ask = (i: number, address: string) =>
    queue.ask(Uint8Array.of(i), from(address)).then(({ logits }) => logits[0], (error) => {
      assert.ok(error instanceof BusyError);
      return "busy";
    });
  const greedy = Array.from({ length: 8 }, (_, i) => ask(i, "greedy"));
  const other = [ask(100, "other"), ask(101, "other"), ask(102, "other"), ask(103, "other")];
  for (let i = 0; i < 10; i++) {
    await turn(5);
    open();
  }
  // Two of the first eight had no room; then three others were put out for as many of the other's.
  assert.deepEqual(await Promise.all(greedy), [0, 1, 2, "busy", "busy", "busy", "busy", "busy"]);
  assert.deepEqual(await Promise.all(other), [100, 101, 102, "busy"]);
  const again = ask(9, "greedy");
  await turn();
  open();
  assert.equal(await again, 9);
});

Deno.test("whoever waits too long behind photos that are stuck is sent away, and may come again", async () => {
  const { pass, open } = gate();
  const seen: number[] = [];
  const queue = queueOf({
    cutting: 1,
    patience: 30,
    cut: async (photo) => {
      seen.push(photo[0]);
      if (photo[0] === 1) await pass();
      return crop(photo);
    },
  });
  const stuck = queue.ask(Uint8Array.of(1), from("a"));
  await assert.rejects(queue.ask(Uint8Array.of(2), from("a")), BusyError);
  open();
  assert.deepEqual((await stuck).logits, [1]);
  assert.deepEqual((await queue.ask(Uint8Array.of(3), from("a"))).logits, [3]);
  assert.deepEqual(seen, [1, 3]);
});

Deno.test("what nobody waits for any more is neither decoded nor answered", async () => {
  const { pass, open } = gate();
  const seen: number[] = [];
  const queue = queueOf({
    cutting: 1,
    cut: async (photo) => {
      seen.push(photo[0]);
      await pass();
      return crop(photo);
    },
  });
  const gone = new AbortController();
  const first = queue.ask(Uint8Array.of(1), from("a"));
  const second = queue.ask(Uint8Array.of(2), from("a", gone.signal));
  const third = queue.ask(Uint8Array.of(3), from("a"));
  const refused = assert.rejects(second, /gone/);
  gone.abort(new Error("gone"));
  for (let i = 0; i < 4; i++) {
    open();
    await turn(5);
  }
  await refused;
  assert.deepEqual([(await first).logits, (await third).logits], [[1], [3]]);
  assert.deepEqual(seen, [1, 3]);
});

Deno.test("a photo that cannot be cut, and a batch that fails, cost nothing but themselves", async () => {
  let fails = true;
  const queue = queueOf({
    cut: (photo) => Promise.resolve(photo[0] === 0 ? { refusal: "not an image" } : crop(photo)),
    predict: (crops) =>
      fails ? Promise.reject(new Error("broken")) : Promise.resolve(crops.map(outputOf)),
  });
  await assert.rejects(queue.ask(Uint8Array.of(0), from("a")), (error) => {
    return error instanceof PhotoError && error.message === "not an image";
  });
  await assert.rejects(queue.ask(Uint8Array.of(1), from("a")), /broken/);
  fails = false;
  assert.deepEqual((await queue.ask(Uint8Array.of(2), from("a"))).logits, [2]);
});
