// Merges the slices' means and squared deviations (Chan, Golub and LeVeque 1979). WX vectors of
// channels by WT threads a workgroup, each of which takes every WT-th slice.
@group(0) @binding(0) var<storage, read> partials: array<{{T}}>;
@group(0) @binding(1) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(2) var<storage, read> beta: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> state: array<{{T}}>;
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
#end

fn rows_of(slice: i32) -> f32 { return f32(min({{PER_SLICE}}, {{ROWS}} - slice * {{PER_SLICE}})); }

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let thread = i32(local.y);
  let at = thread * {{WX}} + i32(local.x);
  var sum = {{T}}();
  for (var slice = thread; slice < {{SLICES}}; slice += {{WT}}) {
    sum += partials[slice * {{2 * C}} + c] * rows_of(slice);
  }
#if WT > 1
  sum = added(at, sum);
#end
  let mean = sum / f32({{ROWS}});
  var deviations = {{T}}();
  for (var slice = thread; slice < {{SLICES}}; slice += {{WT}}) {
    let d = partials[slice * {{2 * C}} + c] - mean;
    deviations += partials[slice * {{2 * C}} + {{C}} + c] + d * d * rows_of(slice);
  }
#if WT > 1
  deviations = added(at, deviations);
#end
  if (own < {{C}} && thread == 0) { keep(c, mean, deviations / f32({{ROWS}})); }
}
#if WT > 1

// The sum over the threads of a vector of channels; each of them gets it.
fn added(at: i32, value: {{T}}) -> {{T}} {
  workgroupBarrier(); // an earlier sum was read
  sums[at] = value;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (at < half * {{WX}}) { sums[at] += sums[at + half * {{WX}}]; }
  }
  workgroupBarrier();
  return sums[at % {{WX}}];
}
#end
