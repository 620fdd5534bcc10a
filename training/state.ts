import type { NamedTensor } from "../weights/parameter.ts";
import type { History } from "./history.ts";

/**
 * All that training goes on from after an epoch, but for the loaders' random numbers: their
 * generator belongs to whoever made the loaders.
 */
export interface TrainingState {
  history: History;
  /** Parameters and running buffers under torch's names, in tfjs layout. */
  parameters: Map<string, NamedTensor>;
  /** The optimiser's buffers, one for each parameter that it moves, in the model's order. */
  momentum: NamedTensor[];
  /** As `parameters`, of the best epoch; the very same map if that is the last one. */
  best: Map<string, NamedTensor>;
}
