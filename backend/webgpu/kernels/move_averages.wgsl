// Moving averages of several tensors at once, in place. SIZE lists the tensors' values, FIRST the first
// workgroup of each, and the end of the last.
#for t SIZE.length
@group(0) @binding({{2 * t}}) var<storage, read> values{{t}}: array<f32>;
@group(0) @binding({{2 * t + 1}}) var<storage, read_write> average{{t}}: array<f32>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let group = i32(id.x) + i32(id.y) * {{GROUPS_X}};
#for t SIZE.length
  if (group >= {{FIRST[t]}} && group < {{FIRST[t + 1]}}) {
    let start = (group - {{FIRST[t]}}) * {{64 * PER_THREAD}} + i32(local.x);
    for (var i = start; i < min(start + {{64 * PER_THREAD}}, {{SIZE[t]}}); i += 64) {
      average{{t}}[i] = fma({{1 - DECAY}}, values{{t}}[i] - average{{t}}[i], average{{t}}[i]);
    }
    return;
  }
#end
}
