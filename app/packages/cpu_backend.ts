/**
 * tfjs's CPU backend, from the tfjs that the user has: a package of its own of another version would
 * register all kernels a second time.
 */
import * as tf from "@tensorflow/tfjs";
import type { MathBackendCPU as Backend } from "@tensorflow/tfjs-backend-cpu";

const backend = tf.findBackendFactory("cpu")?.();
if (!backend || "then" in backend) throw new Error("this tfjs has no backend cpu to build upon");

export const MathBackendCPU = backend.constructor as typeof Backend;
