// Σ g and Σ g·(z - mean) of each channel over a slice of the rows, g being dy where the activation
// let it through; behind a residual (RESIDUAL) y decides that, and g is kept. WX vectors of channels by
// WT threads a workgroup. If one slice holds all rows, it finishes too. FIRST slices are those of
// photos before.
@group(0) @binding(0) var<storage, read> z: array<{{T}}>;
@group(0) @binding(1) var<storage, read> dy: array<{{T}}>;
@group(0) @binding(2) var<storage, read> state: array<{{T}}>;
#if RESIDUAL
@group(0) @binding(3) var<storage, read> y: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> g: array<{{T}}>;
#end
#let NEXT RESIDUAL ? 5 : 3
#if SLICES > 1
@group(0) @binding({{NEXT}}) var<storage, read_write> partials: array<{{T}}>;
#else
@group(0) @binding({{NEXT}}) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding({{NEXT + 1}}) var<storage, read_write> dgamma: array<{{T}}>;
@group(0) @binding({{NEXT + 2}}) var<storage, read_write> dbeta: array<{{T}}>;
@group(0) @binding({{NEXT + 3}}) var<storage, read_write> coefficients: array<{{T}}>;
#end
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
var<workgroup> products: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let first = i32(group.y) * {{PER_SLICE}};
  let mean = state[c];
  let scale = state[{{2 * C}} + c];
  let shift = state[{{3 * C}} + c];
  var s = {{T}}();
  var p = {{T}}();
  let end = min({{ROWS}}, first + {{PER_SLICE}});
  var r = first + i32(local.y);
  // Eight loads are under way at once.
  for (; r + {{3 * WT}} < end; r += {{4 * WT}}) {
#for j 4
    let i{{j}} = (r + {{j * WT}}) * {{C}} + c;
    let z{{j}} = z[i{{j}}];
    let dy{{j}} = dy[i{{j}}];
    let v{{j}} = {{RESIDUAL ? `y[i${j}]` : `fma(z${j}, scale, shift)`}};
#end
#for j 4
    let g{{j}} = mask(dy{{j}}, v{{j}});
#if RESIDUAL
    if (own < {{C}}) { g[i{{j}}] = g{{j}}; }
#end
    s += g{{j}};
    p = fma(g{{j}}, z{{j}} - mean, p);
#end
  }
  for (; r < end; r += {{WT}}) {
    let i = r * {{C}} + c;
    let masked = mask(dy[i], {{RESIDUAL ? "y[i]" : "fma(z[i], scale, shift)"}});
#if RESIDUAL
    if (own < {{C}}) { g[i] = masked; }
#end
    s += masked;
    p = fma(masked, z[i] - mean, p);
  }
#if WT > 1
  let thread = i32(local.y);
  let at = thread * {{WX}} + i32(local.x);
  sums[at] = s;
  products[at] = p;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) {
      sums[at] += sums[at + half * {{WX}}];
      products[at] += products[at + half * {{WX}}];
    }
  }
  if (thread > 0) { return; }
  s = sums[at];
  p = products[at];
#end
  if (own >= {{C}}) { return; }
#if SLICES > 1
  let out = (i32(group.y) + {{FIRST}}) * {{2 * C}} + c;
  partials[out] = s;
  partials[out + {{C}}] = p;
#else
  keep(c, s, p);
#end
}
