import assert from "node:assert/strict";
import { stepLr } from "../../training/step_lr.ts";

Deno.test("the learning rate drops tenfold every seven epochs, as torch's StepLR(7, 0.1) says", () => {
  const lrs = Array.from({ length: 25 }, (_, epoch) => stepLr(0.001, epoch, 7, 0.1));
  // optimizer.param_groups[0]["lr"] of torch 2.13, epochs 0, 6, 7, 14, 21, 24
  assert.deepEqual(
    [0, 6, 7, 14, 21, 24].map((epoch) => lrs[epoch]),
    [0.001, 0.001, 0.0001, 1e-5, 1.0000000000000002e-6, 1.0000000000000002e-6],
  );
});
