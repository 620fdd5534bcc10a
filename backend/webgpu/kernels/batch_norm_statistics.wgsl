// Mean and sum of squared deviations of each channel over a slice of the rows. Deviations are taken
// from the mean of 8 samples of the slice, so that nothing cancels even where the mean is large.
// WX vectors of channels by WT threads a workgroup. If one slice holds all rows, it finishes too. FIRST
// slices are those of photos before.
@group(0) @binding(0) var<storage, read> z: array<{{T}}>;
#if SLICES > 1
@group(0) @binding(1) var<storage, read_write> partials: array<{{T}}>;
#else
@group(0) @binding(1) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(2) var<storage, read> beta: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> state: array<{{T}}>;
#end
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
var<workgroup> squares: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let first = i32(group.y) * {{PER_SLICE}};
  let end = min({{ROWS}}, first + {{PER_SLICE}});
  var origin = {{T}}();
#for j 8
  origin += z[min(first + {{Math.floor(PER_SLICE * (j + 0.5) / 8)}}, {{ROWS - 1}}) * {{C}} + c] * 0.125;
#end
  var s = {{T}}();
  var q = {{T}}();
  var r = first + i32(local.y);
  // Four loads are under way at once.
  for (; r + {{3 * WT}} < end; r += {{4 * WT}}) {
#for j 4
    let d{{j}} = z[(r + {{j * WT}}) * {{C}} + c] - origin;
#end
#for j 4
    s += d{{j}};
    q = fma(d{{j}}, d{{j}}, q);
#end
  }
  for (; r < end; r += {{WT}}) {
    let d = z[r * {{C}} + c] - origin;
    s += d;
    q = fma(d, d, q);
  }
#if WT > 1
  let thread = i32(local.y);
  let at = thread * {{WX}} + i32(local.x);
  sums[at] = s;
  squares[at] = q;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) {
      sums[at] += sums[at + half * {{WX}}];
      squares[at] += squares[at + half * {{WX}}];
    }
  }
  if (thread > 0) { return; }
  s = sums[at];
  q = squares[at];
#end
  if (own >= {{C}}) { return; }
  let mean = s / f32(end - first);
  let deviations = max(q - s * mean, {{T}}());
#if SLICES > 1
  let out = (i32(group.y) + {{FIRST}}) * {{2 * C}} + c;
  partials[out] = origin + mean;
  partials[out + {{C}}] = deviations;
#else
  keep(c, origin + mean, deviations / f32({{ROWS}}));
#end
}
