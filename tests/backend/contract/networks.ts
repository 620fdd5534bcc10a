import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { lossAndGradients, network } from "./random_network.ts";
import type { Subject } from "./subject.ts";

export function networksContract(subject: Subject): void {
  subject.test(
    "any small network has stock tfjs's loss, gradients and running buffers",
    async () => {
      await fc.assert(
        fc.asyncProperty(network, async (network) => {
          // Gradients of a bias before another batch norm are zero but for rounding, hence the floor.
          await subject.agreesWithStock(
            "network",
            () => lossAndGradients(network).map((tensor) => tf.add(tensor, 1)),
            2e-4,
          );
        }),
        { numRuns: subject.settings.networks, seed: 20 },
      );
    },
  );
}
