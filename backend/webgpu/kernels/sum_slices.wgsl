// y = the sum of SLICES arrays that lie one behind the other. WX of its vectors by WT threads a
// workgroup, each of which takes every WT-th slice.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{T}}>;
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * {{WX}} + i32(local.x);
  let i = min(own, {{SIZE - 1}});
  let thread = i32(local.y);
  var sum = {{T}}();
  for (var slice = thread; slice < {{SLICES}}; slice += {{WT}}) { sum += x[i + slice * {{SIZE}}]; }
#if WT > 1
  let at = thread * {{WX}} + i32(local.x);
  sums[at] = sum;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { sums[at] += sums[at + half * {{WX}}]; }
  }
  sum = sums[at];
#end
  if (own < {{SIZE}} && thread == 0) { y[own] = sum; }
}
