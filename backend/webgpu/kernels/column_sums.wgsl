// Σ x, Σ x · y, or Σ x · the normalised y (of rows with known mean and scale) over a slice of the rows. WX
// vectors of columns by WT threads a workgroup.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> partials: array<{{T}}>;
#if FACTOR !== "none"
@group(0) @binding(2) var<storage, read> y: array<{{T}}>;
#end
#if FACTOR === "normalized"
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
#end
#if WT > 1
var<workgroup> sums: array<{{T}}, {{WX * WT}}>;
#end

@compute @workgroup_size({{WX}}, {{WT}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let c = min(own, {{C - 1}});
  let first = i32(group.y) * {{PER_SLICE}};
  var sum = {{T}}();
  for (var r = first + i32(local.y); r < min({{ROWS}}, first + {{PER_SLICE}}); r += {{WT}}) {
    let i = r * {{C}} + c;
#if FACTOR === "none"
    sum += x[i];
#end
#if FACTOR === "y"
    sum = fma(x[i], y[i], sum);
#end
#if FACTOR === "normalized"
    sum = fma(x[i], (y[i] - statistics[r].x) * statistics[r].y, sum);
#end
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
  if (own < {{C}}) { partials[i32(group.y) * {{C}} + c] = sum; }
}
