// AdamW on several parameters at once, in place. SIZE lists their values, FIRST the first workgroup of
// each, and the end of the last. step: learning rate, the same corrected, root of the second
// moment's correction.
@group(0) @binding(0) var<storage, read> step: array<f32>;
@group(0) @binding(1) var<storage, read> gradient_scale: array<f32>;
#for t SIZE.length
@group(0) @binding({{4 * t + 2}}) var<storage, read> gradient{{t}}: array<f32>;
@group(0) @binding({{4 * t + 3}}) var<storage, read_write> parameter{{t}}: array<f32>;
@group(0) @binding({{4 * t + 4}}) var<storage, read_write> first{{t}}: array<f32>;
@group(0) @binding({{4 * t + 5}}) var<storage, read_write> second{{t}}: array<f32>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let group = i32(id.x) + i32(id.y) * {{GROUPS_X}};
#for t SIZE.length
  if (group >= {{FIRST[t]}} && group < {{FIRST[t + 1]}}) {
    let start = (group - {{FIRST[t]}}) * {{64 * PER_THREAD}} + i32(local.x);
    for (var i = start; i < min(start + {{64 * PER_THREAD}}, {{SIZE[t]}}); i += 64) {
      let g = gradient{{t}}[i] * gradient_scale[0];
      let m = fma({{1 - BETA1}}, g - first{{t}}[i], first{{t}}[i]);
      let v = fma({{1 - BETA2}} * g, g, second{{t}}[i] * {{BETA2}});
      first{{t}}[i] = m;
      second{{t}}[i] = v;
      let below = sqrt(v) / step[2] + {{EPSILON}};
      let kept = parameter{{t}}[i] * (1.0 - step[0] * {{RATE[t] * DECAY[t]}});
      parameter{{t}}[i] = kept - step[1] * {{RATE[t]}} * (m / below);
    }
    return;
  }
#end
}
