// Of layer_norm.wgsl, with g = dy · weight and n the normalised x:
//   dx = (g - Σg / channels - n · Σ(g·n) / channels) / √(variance + ε)
@group(0) @binding(0) var<storage, read> dy: array<{{T}}>;
@group(0) @binding(1) var<storage, read> x: array<{{T}}>;
@group(0) @binding(2) var<storage, read> weight: array<{{T}}>;
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dx: array<{{T}}>;

@compute @workgroup_size({{WT}}, {{WX}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let thread = i32(local.x);
  let own = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * {{WX}} + i32(local.y);
  let row = min(own, {{ROWS - 1}});
  let first = row * {{C}};
  let mean = statistics[row].x;
  let scale = statistics[row].y;
  var gradients = {{T}}();
  var products = {{T}}();
  for (var c = thread; c < {{C}}; c += {{WT}}) {
    let g = dy[first + c] * weight[c];
    gradients += g;
    products = fma(g, (x[first + c] - mean) * scale, products);
  }
  let a = total(gradients, local) / f32({{C * V}});
  let b = total(products, local) / f32({{C * V}});
  if (own >= {{ROWS}}) { return; }
  for (var c = thread; c < {{C}}; c += {{WT}}) {
    let n = (x[first + c] - mean) * scale;
    dx[first + c] = (dy[first + c] * weight[c] - a - n * b) * scale;
  }
}
