/** Attention as nodes of a TensorFlow.js graph model. */
import { relativePlaces, windowMask } from "../backend/ops/relative_places.ts";
import type { Windows } from "../models/layers.ts";
import type { GraphTensor, TfjsGraph } from "./tfjs_graph.ts";

/** @param change what is added to scores [batch, heads, tokens, tokens] before they are shares */
export function attend(
  graph: TfjsGraph,
  qkv: GraphTensor,
  heads: number,
  change = (scores: GraphTensor) => scores,
): GraphTensor {
  const { name, shape: [batch, tokens, width] } = qkv;
  const channels = width / 3, depth = channels / heads;
  const headed = [batch, tokens, heads, depth], turned = [batch, heads, tokens, depth];
  const [q, k, v] = ["q", "k", "v"].map((part, i) => {
    const own = graph.slice(`${name}/${part}`, qkv, 2, i * channels, channels);
    const parted = graph.reshape(`${name}/${part}/heads`, own, headed);
    return graph.turn(`${name}/${part}/turned`, parted, turned);
  });
  const scale = graph.weight(`${name}/scale`, [], Float32Array.of(1 / Math.sqrt(depth)));
  const scaled = graph.add("Mul", `${name}/scaled`, [q.name, scale], turned);
  const square = [batch, heads, tokens, tokens];
  const scores = graph.multiply(`${name}/scores`, scaled, k, square, true);
  const shares = graph.add("Softmax", `${name}/shares`, [change(scores).name], square);
  const values = graph.multiply(`${name}/values`, shares, v, turned, false);
  const back = graph.turn(`${name}/back`, values, headed);
  return graph.reshape(`${name}/attention`, back, [batch, tokens, channels]);
}

/** @param table of biases, [relative places, heads] */
export function attendInWindows(
  graph: TfjsGraph,
  name: string,
  qkv: GraphTensor,
  { heads, side, shift }: Windows,
  table: Float32Array,
): GraphTensor {
  const [batch, height, width, values] = qkv.shape, channels = values / 3, tokens = side ** 2;
  const rows = height / side, columns = width / side;
  const by = rows > 1 ? shift : 0;
  const cut = [batch, rows, side, columns, side, values], turn = [0, 1, 3, 2, 4, 5];
  const parted = graph.reshape(`${name}/parted`, graph.roll(`${name}/moved`, qkv, by), cut);
  const windows = [batch, rows, columns, side, side, values];
  const turned = graph.turn(`${name}/windows`, parted, windows, turn);
  const flat = graph.reshape(`${name}/rows`, turned, [-1, tokens, values]);

  const places = relativePlaces(side), pairs = tokens * tokens;
  const bias = graph.weight(
    `${name}/bias`,
    [heads, tokens, tokens],
    Float32Array.from(
      { length: heads * pairs },
      (_, i) => table[places[i % pairs] * heads + Math.floor(i / pairs)],
    ),
  );
  const y = attend(graph, flat, heads, (scores) => {
    const biased = graph.add("AddV2", `${name}/biased`, [scores.name, bias], scores.shape);
    if (by === 0) return biased;
    const all = [-1, rows * columns, heads, tokens, tokens];
    const byWindow = graph.reshape(`${name}/by_window`, biased, all);
    const mask = graph.weight(
      `${name}/mask`,
      [rows * columns, 1, tokens, tokens],
      windowMask([height, width], side, [by, by]),
    );
    const masked = graph.add("AddV2", `${name}/masked`, [byWindow.name, mask], all);
    return graph.reshape(`${name}/scores`, masked, scores.shape);
  });
  const back = [batch, rows, columns, side, side, channels];
  const apart = graph.reshape(`${name}/apart`, y, back);
  const joined = [batch, rows, side, columns, side, channels];
  const map = graph.reshape(
    `${name}/map`,
    graph.turn(`${name}/joined`, apart, joined, turn),
    [batch, height, width, channels],
  );
  return graph.roll(`${name}/back`, map, by === 0 ? 0 : height - by);
}
