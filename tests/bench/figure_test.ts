import assert from "node:assert/strict";
import { describe, median } from "../../bench/figure.ts";

Deno.test("the median is the middle value, or the mean of the middle two", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 7]), 6);
});

Deno.test("a figure's line gives the ratio to its peer", () => {
  const figure = {
    bench: "train_step",
    backend: "wasm",
    device: "x86_64",
    model: "resnet18",
    batch: 4,
    threads: 2,
    unit: "ms" as const,
    median: 50,
    min: 40,
    peer: "pytorch",
    peer_median: 100,
    peer_min: 100,
  };
  assert(describe(figure).endsWith("ratio 0.50 (min 0.40)"));
  assert.match(
    describe({ ...figure, peer_format: "channels_last" }),
    /; pytorch, channels_last +100/,
  );
});
