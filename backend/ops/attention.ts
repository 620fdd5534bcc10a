/** Multi-head attention of tokens among themselves, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * softmax(QKᵀ / √depth)·V for each head, `scaled_dot_product_attention` between torch's in_proj and
 * out_proj. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1. A backend's own kernel
 * never writes the attention of all tokens to all others, as Dao et al. 2022,
 * https://arxiv.org/abs/2205.14135, and computes it anew for the gradient.
 *
 * @param qkv [batch, tokens, 3·channels]: queries, keys and values, each head by head
 * @returns [batch, tokens, channels], head by head
 * @throws {Error} where the channels cannot be divided among the heads
 */
export function attention(qkv: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, tokens, width] = qkv.shape;
  const depth = width / 3 / heads;
  if (!Number.isInteger(depth)) {
    throw new Error(
      `${width} values of a token are not queries, keys and values of ${heads} heads`,
    );
  }
  // Kernels take heads in vectors of eight.
  if (!isServed("Attention") || depth % 8 !== 0) return compose(qkv, batch, tokens, heads, depth);
  const [y] = tf.engine().runKernel("Attention", { qkv }, { heads }) as tf.Tensor[];
  return y as tf.Tensor3D;
}

function compose(
  qkv: tf.Tensor3D,
  batch: number,
  tokens: number,
  heads: number,
  depth: number,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [q, k, v] = tf.split(qkv, 3, 2).map((part) =>
      tf.transpose(tf.reshape(part, [batch, tokens, heads, depth]), [0, 2, 1, 3])
    );
    const shares = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(depth)));
    const values = tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]);
    return tf.reshape(values, [batch, tokens, heads * depth]);
  });
}

tf.registerGradient({
  kernelName: "Attention",
  inputsToSave: ["qkv"],
  // What it gave, and of each row of scores the largest and 1 / Σ exp.
  outputsToSave: [true, true],
  gradFunc: (dys, [qkv, y, sums], attrs) => {
    const [dy] = dys as tf.Tensor[];
    return {
      qkv: () =>
        tf.engine().runKernel("AttentionGrad", { dy, qkv, y, sums }, attrs as never) as tf.Tensor,
    };
  },
});
