import assert from "node:assert/strict";
import { describeKernel } from "../../bench/describe_kernel.ts";

const tensor = (...shape: number[]) => ({ dataId: {}, shape, dtype: "float32" as const });
const attrs = { strides: 2, pad: 1, dimRoundingMode: "floor" };

Deno.test("a convolution and its gradients are as many products, and tell of the same window", () => {
  const [x, filter, dy] = [tensor(2, 9, 9, 4), tensor(3, 3, 4, 6), tensor(2, 5, 5, 6)];
  const gflop = 2 * (2 * 5 * 5 * 6) * (3 * 3 * 4) / 1e9;
  const shape = "[2,9,9,4] 3×3→6 /2";
  assert.deepEqual(describeKernel("Conv2D", { x, filter }, attrs), ["conv2d", shape, gflop]);
  assert.deepEqual(
    describeKernel("Conv2DBackpropInput", { dy, filter }, { ...attrs, inputShape: x.shape }),
    ["conv2d input's gradient", shape, gflop],
  );
  assert.deepEqual(
    describeKernel("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape: filter.shape }),
    ["conv2d filter's gradient", shape, gflop],
  );
});

Deno.test("of a depthwise convolution each channel has its own products; of matrices all rows have", () => {
  const [x, filter] = [tensor(1, 8, 8, 4), tensor(3, 3, 4, 1)];
  const [kernel, shape, gflop] = describeKernel("DepthwiseConv2dNative", { x, filter }, {
    ...attrs,
    strides: 1,
  });
  assert.deepEqual([kernel, shape], ["depthwise", "[1,8,8,4] 3×3 /1"]);
  assert.equal(gflop, 2 * (8 * 8 * 4) * 9 / 1e9);
  const [a, b] = [tensor(1, 5, 7), tensor(1, 7, 3)];
  assert.deepEqual(describeKernel("BatchMatMul", { a, b }, {}), [
    "BatchMatMul",
    "[1,5,7]",
    2 * 5 * 7 * 3 / 1e9,
  ]);
  assert.deepEqual(describeKernel("Relu", { x }, {}), ["Relu", "[1,8,8,4]", 0]);
});
