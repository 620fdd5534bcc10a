// y = softmax(QKᵀ · SCALE) · V of one head of one photo (Dao et al. 2022, https://arxiv.org/abs/2205.14135).
// A thread takes one of WX queries, and every KS-th key: what it has of the values is corrected whenever
// a score is larger than all before, so that no row of scores is ever written. KS threads join theirs.
// Of each row the largest score and 1 / Σ exp are kept. With a SIDE, tokens are those of a window of a
// map instead of a photo's, and pairs of them have a bias (Liu et al. 2021, https://arxiv.org/abs/2103.14030).
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec2f>;
#if SIDE
@group(0) @binding(3) var<storage, read> table: array<f32>;
#end
#if KS > 1
var<workgroup> values: array<vec4f, {{(KS - 1) * WX * D}}>;
var<workgroup> scores: array<vec2f, {{(KS - 1) * WX}}>;
#end

#let TOKEN 3 * HEADS * D
@compute @workgroup_size({{WX}}, {{KS}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let query = min(own, {{TOKENS - 1}});
  let head = i32(group.y);
  let tokens = i32(group.z);
  let first = place(tokens, query) * {{TOKEN}} + head * {{D}};
#for d D
  let q{{d}} = qkv[first + {{d}}] * {{SCALE}};
  var sum{{d}} = vec4f();
#end
  var largest = -3.4e38;
  var exps = 0.0;
  for (var key = i32(local.y); key < {{TOKENS}}; key += {{KS}}) {
    let k = place(tokens, key) * {{TOKEN}} + (head + {{HEADS}}) * {{D}};
    let v = k + {{HEADS * D}};
    var products = q0 * qkv[k];
#for d D - 1
    products = fma(q{{d + 1}}, qkv[k + {{d + 1}}], products);
#end
#if SIDE
    let score = dot(products, vec4f(1.0)) + bias(tokens, head, query, key);
#else
    let score = dot(products, vec4f(1.0));
#end
    let next = max(largest, score);
    let fade = exp(largest - next);
    let share = exp(score - next);
    exps = fma(exps, fade, share);
#for d D
    sum{{d}} = fma(sum{{d}}, vec4f(fade), share * qkv[v + {{d}}]);
#end
    largest = next;
  }
#if KS > 1
  let at = (i32(local.y) - 1) * {{WX}} + i32(local.x);
  if (local.y > 0) {
    scores[at] = vec2f(largest, exps);
#for d D
    values[at * {{D}} + {{d}}] = sum{{d}};
#end
  }
  workgroupBarrier();
  if (local.y > 0) { return; }
  for (var other = i32(local.x); other < {{(KS - 1) * WX}}; other += {{WX}}) {
    let next = max(largest, scores[other].x);
    let fade = exp(largest - next);
    let share = exp(scores[other].x - next);
    exps = exps * fade + scores[other].y * share;
#for d D
    sum{{d}} = sum{{d}} * fade + values[other * {{D}} + {{d}}] * share;
#end
    largest = next;
  }
#end
  if (own >= {{TOKENS}}) { return; }
  let out = place(tokens, own) * {{HEADS * D}} + head * {{D}};
#for d D
  y[out + {{d}}] = sum{{d}} / exps;
#end
  sums[(tokens * {{HEADS}} + head) * {{TOKENS}} + own] = vec2f(largest, 1.0 / exps);
}
