/**
 * tfjs's CPU backend, from the tfjs that the program has: its package, in another version, would
 * register all kernels a second time.
 */
import * as tf from "@tensorflow/tfjs";
import type { MathBackendCPU as Backend } from "@tensorflow/tfjs-backend-cpu";

const backend = tf.findBackendFactory("cpu")?.();
if (!backend || "then" in backend) throw new Error("this tfjs has no backend cpu to build upon");

export const MathBackendCPU: typeof Backend = backend.constructor as typeof Backend;

export type MathBackendCPU = Backend;
