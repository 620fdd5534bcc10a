
#if WT > 1
var<workgroup> sums: array<f32, {{WX * WT}}>;
#end

// The sum of all components over a row's WT threads; part of several kernels.
fn total(own: {{T}}, local: vec3u) -> f32 {
  let sum = {{V > 1 ? "dot(own, vec4f(1.0))" : "own"}};
#if WT > 1
  let thread = i32(local.x);
  let at = i32(local.y) * {{WT}} + thread;
  workgroupBarrier(); // the total before has been read
  sums[at] = sum;
  for (var half = {{WT / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { sums[at] += sums[at + half]; }
  }
  workgroupBarrier();
  return sums[at - thread];
#else
  return sum;
#end
}
