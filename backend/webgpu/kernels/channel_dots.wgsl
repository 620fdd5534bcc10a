// Σ dy · x over the pixels of each image, channel by channel; or Σ x; or x's mean. WX vectors of channels by
// WT threads a workgroup, one image.
@group(0) @binding(0) var<storage, read_write> dots: array<{{T}}>;
#if WHAT === "dots"
@group(0) @binding(1) var<storage, read> dy: array<{{T}}>;
#end
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let image = i32(group.y);
  let channel = x_channel(c);
  var sum = {{T}}();
  for (var pixel = i32(local.y); pixel < {{PIXELS}}; pixel += {{WT}}) {
    let i = (image * {{PIXELS}} + pixel) * {{C}} + c;
    sum {{WHAT === "dots" ? "= fma(x_at(i, channel), dy[i], sum)" : "+= x_at(i, channel)"}};
  }
#if WT > 1
  let thread = i32(local.y);
  let at = thread * {{WX}} + i32(local.x);
  sums[at] = sum;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { sums[at] += sums[at + half * {{WX}}]; }
  }
  if (thread > 0) { return; }
  sum = sums[at];
#end
#if WHAT === "mean"
  sum /= f32({{PIXELS}});
#end
  if (own < {{C}}) { dots[image * {{C}} + c] = sum; }
}
