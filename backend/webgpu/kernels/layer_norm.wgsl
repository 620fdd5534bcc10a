// y = (x - mean) / √(variance + ε) · weight + bias of each row of C vectors, whose mean and
// 1/√(variance + ε) are kept. WT threads a row by WX rows a workgroup.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read> weight: array<{{T}}>;
@group(0) @binding(2) var<storage, read> bias: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> y: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>;

@compute @workgroup_size({{WT}}, {{WX}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let thread = i32(local.x);
  let own = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * {{WX}} + i32(local.y);
  let first = min(own, {{ROWS - 1}}) * {{C}};
  var sum = {{T}}();
  for (var c = thread; c < {{C}}; c += {{WT}}) { sum += x[first + c]; }
  let mean = total(sum, local) / f32({{C * V}});
  // From the mean, so that one far from zero costs no precision.
  var squares = {{T}}();
  for (var c = thread; c < {{C}}; c += {{WT}}) {
    let d = x[first + c] - mean;
    squares = fma(d, d, squares);
  }
  let scale = inverseSqrt(total(squares, local) / f32({{C * V}}) + {{EPSILON}});
  if (own >= {{ROWS}}) { return; }
  for (var c = thread; c < {{C}}; c += {{WT}}) {
    y[first + c] = fma((x[first + c] - mean) * scale, weight[c], bias[c]);
  }
  if (thread == 0) { statistics[own] = vec2f(mean, scale); }
}
