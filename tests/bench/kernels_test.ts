import assert from "node:assert/strict";

const KERNELS = new URL("../../bench/main.ts", import.meta.url).href;

Deno.test("the kernels of one photo add up to the multiplications that the paper counts", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", KERNELS, "kernels", "--work", "infer_batch_1", "--rounds", "1", "--json"],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const rows = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  const gflop = rows.reduce((sum, row) => sum + row.gflop, 0);
  // Sandler et al. 2018, table 4: 300 million multiply-adds, of which the head of 1000 classes 1.3.
  assert(Math.abs(gflop / 2 - 0.2995) < 0.003, `${gflop / 2} billion`);
  const stem = rows.find((row) => row.shape.startsWith("[1,224,224,3]"));
  // With the depthwise convolution behind it, which the same kernel computes.
  assert(Math.abs(stem.gflop - 2 * 112 * 112 * (27 + 9) * 32 / 1e9) < 1e-9);
});
