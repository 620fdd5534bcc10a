/** Attention within the windows of a map, and its gradients. */
import * as tf from "@tensorflow/tfjs";
import { handOut } from "./hand_out.ts";
import { relativePlaces, windowMask } from "./relative_places.ts";
import { isServed } from "./served.ts";

/** How windows lie on a map. */
export interface Windows {
  /** Tokens a side. */
  side: number;
  /** By how many tokens they are moved down and to the right, beyond the border to the other side. */
  shift: number;
}

/**
 * softmax(QKᵀ / √depth + bias)·V for each head, among the tokens of a window alone: the middle of
 * `shifted_window_attention` in torchvision/models/swin_transformer.py, from its `qkv` to its `proj`.
 * The bias is learned, one for each difference of two places. Where a moved window joins what lies on
 * opposite sides of the photo, 100 is taken from the scores between these. A map of no more than one
 * window is not moved. Liu et al. 2021, https://arxiv.org/abs/2103.14030.
 *
 * @param qkv [batch, height, width, 3·channels]: queries, keys and values, each head by head; height
 *   and width are multiples of the window's side
 * @param table [(2·side - 1)², heads]
 * @returns [batch, height, width, channels], head by head
 * @throws {Error} where windows do not fill the map, or the channels cannot be divided among the heads
 */
export function windowAttention(
  qkv: tf.Tensor4D,
  table: tf.Tensor2D,
  { side, shift }: Windows,
): tf.Tensor4D {
  const [, height, width, values] = qkv.shape, [entries, heads] = table.shape;
  if (height % side !== 0 || width % side !== 0) {
    throw new Error(`windows of ${side}×${side} tokens do not fill ${height}×${width}`);
  }
  if (entries !== (2 * side - 1) ** 2) {
    throw new Error(`a window of ${side}×${side} tokens has other biases than ${entries}`);
  }
  const depth = values / 3 / heads;
  if (!Number.isInteger(depth)) {
    throw new Error(
      `${values} values of a token are not queries, keys and values of ${heads} heads`,
    );
  }
  const down = height > side ? shift : 0, right = width > side ? shift : 0;
  // Kernels take heads in vectors of eight.
  if (!isServed("WindowAttention") || depth % 8 !== 0) {
    return compose(qkv, table, side, down, right);
  }
  const attrs = { side, down, right };
  const [y] = tf.engine().runKernel("WindowAttention", { qkv, table }, attrs) as tf.Tensor[];
  return y as tf.Tensor4D;
}

function compose(
  qkv: tf.Tensor4D,
  table: tf.Tensor2D,
  side: number,
  down: number,
  right: number,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width, values] = qkv.shape, heads = table.shape[1];
    const [rows, columns] = [height / side, width / side];
    const windows = rows * columns, tokens = side * side, depth = values / 3 / heads;
    const moved = roll(roll(qkv, 1, down), 2, right);
    const inWindows = tf.transpose(
      tf.reshape(moved, [batch, rows, side, columns, side, values]),
      [0, 1, 3, 2, 4, 5],
    );
    const [q, k, v] = tf.split(tf.reshape(inWindows, [-1, tokens, values]), 3, 2).map((part) =>
      tf.transpose(tf.reshape(part, [-1, tokens, heads, depth]), [0, 2, 1, 3])
    );
    const index = tf.tensor1d(relativePlaces(side), "int32");
    const bias = tf.transpose(
      tf.reshape(tf.gather(table, index), [tokens, tokens, heads]),
      [2, 0, 1],
    );
    let scores: tf.Tensor = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(depth));
    scores = tf.add(scores, bias);
    if (down > 0 || right > 0) {
      const between = windowMask([height, width], side, [down, right]);
      const mask = tf.tensor(between, [windows, 1, tokens, tokens]);
      const byWindow = tf.reshape(scores, [batch, windows, heads, tokens, tokens]);
      scores = tf.reshape(tf.add(byWindow, mask), scores.shape);
    }
    const joined = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    const onMap = tf.transpose(
      tf.reshape(joined, [batch, rows, columns, side, side, values / 3]),
      [0, 1, 3, 2, 4, 5],
    );
    const y = tf.reshape(onMap, [batch, height, width, values / 3]);
    return roll(roll(y, 1, height - down), 2, width - right) as tf.Tensor4D;
  });
}

/** What lies `by` tokens behind along an axis comes to the front. */
function roll(x: tf.Tensor, axis: number, by: number): tf.Tensor {
  const size = x.shape[axis]!;
  if (by % size === 0) return x;
  const [first, rest] = tf.split(x, [by, size - by], axis);
  return tf.concat([rest, first], axis);
}

tf.registerGradient({
  kernelName: "WindowAttention",
  inputsToSave: ["qkv", "table"],
  // What it gave, and of each row of scores the largest and 1 / Σ exp.
  outputsToSave: [true, true],
  gradFunc: (dys, [qkv, table, y, sums], attrs) => {
    const [dy] = dys as tf.Tensor[];
    const inputs = { dy, qkv, table, y, sums };
    const outputs = tf.engine().runKernel("WindowAttentionGrad", inputs, attrs as never);
    const [dqkv, dtable] = (outputs as tf.Tensor[]).map(handOut);
    return { qkv: dqkv, table: dtable };
  },
});
