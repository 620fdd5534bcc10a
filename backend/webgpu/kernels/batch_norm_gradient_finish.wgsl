// Adds the slices' sums. WX vectors of channels by WT threads a workgroup, each of which takes every
// WT-th slice.
@group(0) @binding(0) var<storage, read> partials: array<{{T}}>;
@group(0) @binding(1) var<storage, read> state: array<{{T}}>;
@group(0) @binding(2) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> dgamma: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> dbeta: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> coefficients: array<{{T}}>;
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
var<workgroup> products: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let thread = i32(local.y);
  var sum = {{T}}();
  var product = {{T}}();
  for (var slice = thread; slice < {{SLICES}}; slice += {{WT}}) {
    sum += partials[slice * {{2 * C}} + c];
    product += partials[slice * {{2 * C}} + {{C}} + c];
  }
#if WT > 1
  let at = thread * {{WX}} + i32(local.x);
  sums[at] = sum;
  products[at] = product;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) {
      sums[at] += sums[at + half * {{WX}}];
      products[at] += products[at + half * {{WX}}];
    }
  }
  sum = sums[at];
  product = products[at];
#end
  if (own < {{C}} && thread == 0) { keep(c, sum, product); }
}
