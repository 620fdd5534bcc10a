// The gradient of attention.wgsl by its queries, keys or values (BY), each of them in a dispatch of its own:
// what one thread sums fits its registers then. Shares are computed anew from what the forward pass
// left of each row. With p a query's share of a key, and Δ = Σ dy · y of the query:
//   dq = Σ keys p · (dy · v - Δ) · SCALE · k     dk = Σ queries p · (dy · v - Δ) · SCALE · q
//   dv = Σ queries p · dy
// A thread takes one of WX tokens, and every KS-th of the others. With a SIDE, as attention.wgsl; the
// gradient by each pair's score is left for that by the biases then.
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> sums: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dqkv: array<vec4f>;
#if BY === "queries"
@group(0) @binding(4) var<storage, read_write> deltas: array<f32>;
@group(0) @binding(5) var<storage, read> y: array<vec4f>;
#end
#if BY === "keys"
@group(0) @binding(4) var<storage, read> deltas: array<f32>;
#end
#if SIDE
@group(0) @binding({{BY === "queries" ? 6 : BY === "keys" ? 5 : 4}}) var<storage, read> table: array<f32>;
#if BY === "queries"
@group(0) @binding(7) var<storage, read_write> dscores: array<f32>;
#end
#end
#if KS > 1
var<workgroup> parts: array<vec4f, {{(KS - 1) * WX * D}}>;
#end

#let TOKEN 3 * HEADS * D
@compute @workgroup_size({{WX}}, {{KS}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let token = min(own, {{TOKENS - 1}});
  let head = i32(group.y);
  let tokens = i32(group.z);
  let row = (tokens * {{HEADS}} + head) * {{TOKENS}};
  let pixel = place(tokens, token);
  let here = pixel * {{TOKEN}} + head * {{D}};
#for d D
#if BY === "queries"
  let a{{d}} = qkv[here + {{d}}];
  let b{{d}} = dy[(pixel * {{HEADS}} + head) * {{D}} + {{d}}];
#else
  let a{{d}} = qkv[here + {{HEADS * D + d}}];
#end
#if BY === "keys"
  let b{{d}} = qkv[here + {{2 * HEADS * D + d}}];
#end
  var sum{{d}} = vec4f();
#end
#if BY === "queries"
  let told = sums[row + token];
  var delta = 0.0;
#for d D
  delta += dot(b{{d}}, y[(pixel * {{HEADS}} + head) * {{D}} + {{d}}]);
#end
#end
  for (var other = i32(local.y); other < {{TOKENS}}; other += {{KS}}) {
    let other_pixel = place(tokens, other);
    let there = other_pixel * {{TOKEN}} + head * {{D}};
    let out = (other_pixel * {{HEADS}} + head) * {{D}};
#let OTHER BY === "queries" ? "there + " + HEADS * D : "there"
    var products = a0 * qkv[{{OTHER}}];
#for d D - 1
    products = fma(a{{d + 1}}, qkv[{{OTHER}} + {{d + 1}}], products);
#end
#if BY !== "queries"
    let told = sums[row + other];
#end
#if SIDE
#let PAIR BY === "queries" ? "token, other" : "other, token"
    let extra = bias(tokens, head, {{PAIR}});
    let share = exp(fma(dot(products, vec4f(1.0)), {{SCALE}}, extra - told.x)) * told.y;
#else
    let share = exp(fma(dot(products, vec4f(1.0)), {{SCALE}}, -told.x)) * told.y;
#end
#if BY === "values"
#for d D
    sum{{d}} = fma(vec4f(share), dy[out + {{d}}], sum{{d}});
#end
#else
#let FACTORS BY === "queries" ? "qkv[there + " + 2 * HEADS * D + " + " : "dy[out + "
    var slopes = b0 * {{FACTORS}}0];
#for d D - 1
    slopes = fma(b{{d + 1}}, {{FACTORS}}{{d + 1}}], slopes);
#end
#if BY === "keys"
    let delta = deltas[row + other];
#end
#if SIDE && BY === "queries"
    let dscore = share * (dot(slopes, vec4f(1.0)) - delta);
    if (own < {{TOKENS}}) { dscores[(row + token) * {{TOKENS}} + other] = dscore; }
    let slope = dscore * {{SCALE}};
#else
    let slope = share * (dot(slopes, vec4f(1.0)) - delta) * {{SCALE}};
#end
#for d D
    sum{{d}} = fma(vec4f(slope), qkv[{{OTHER}} + {{d}}], sum{{d}});
#end
#end
  }
#if KS > 1
  let at = ((i32(local.y) - 1) * {{WX}} + i32(local.x)) * {{D}};
  if (local.y > 0) {
#for d D
    parts[at + {{d}}] = sum{{d}};
#end
  }
  workgroupBarrier();
  if (local.y > 0) { return; }
  for (var part = i32(local.x) * {{D}}; part < {{(KS - 1) * WX * D}}; part += {{WX * D}}) {
#for d D
    sum{{d}} += parts[part + {{d}}];
#end
  }
#end
  if (own >= {{TOKENS}}) { return; }
#let PART BY === "queries" ? 0 : BY === "keys" ? 1 : 2
#for d D
  dqkv[here + {{PART * HEADS * D + d}}] = sum{{d}};
#end
#if BY === "queries"
  deltas[row + own] = delta;
#end
}
