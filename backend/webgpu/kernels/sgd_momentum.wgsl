// SGD with momentum on several parameters at once, in place. SIZE lists their values, FIRST the
// first workgroup of each, and the end of the last.
@group(0) @binding(0) var<storage, read> lr: array<f32>;
#for t SIZE.length
@group(0) @binding({{3 * t + 1}}) var<storage, read> gradient{{t}}: array<f32>;
@group(0) @binding({{3 * t + 2}}) var<storage, read_write> parameter{{t}}: array<f32>;
@group(0) @binding({{3 * t + 3}}) var<storage, read_write> velocity{{t}}: array<f32>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let group = i32(id.x) + i32(id.y) * {{GROUPS_X}};
#for t SIZE.length
  if (group >= {{FIRST[t]}} && group < {{FIRST[t + 1]}}) {
    let first = (group - {{FIRST[t]}}) * {{64 * PER_THREAD}} + i32(local.x);
    for (var i = first; i < min(first + {{64 * PER_THREAD}}, {{SIZE[t]}}); i += 64) {
      let v = fma(velocity{{t}}[i], {{MOMENTUM}}, gradient{{t}}[i]);
      velocity{{t}}[i] = v;
      parameter{{t}}[i] -= lr[0] * v;
    }
    return;
  }
#end
}
