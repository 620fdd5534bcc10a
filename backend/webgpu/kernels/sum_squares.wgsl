// Sums of squares of several tensors, one a thread, which lie from OFFSET on. SIZE lists the tensors'
// values, FIRST the first workgroup of each, and the end of the last.
@group(0) @binding(0) var<storage, read_write> sums: array<f32>;
#for t SIZE.length
@group(0) @binding({{t + 1}}) var<storage, read> values{{t}}: array<f32>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let group = i32(id.x) + i32(id.y) * {{GROUPS_X}};
  var sum = 0.0;
#for t SIZE.length
  if (group >= {{FIRST[t]}} && group < {{FIRST[t + 1]}}) {
    let start = (group - {{FIRST[t]}}) * {{64 * PER_THREAD}} + i32(local.x);
    for (var i = start; i < min(start + {{64 * PER_THREAD}}, {{SIZE[t]}}); i += 64) {
      sum = fma(values{{t}}[i], values{{t}}[i], sum);
    }
  }
#end
  if (group < {{FIRST[SIZE.length]}}) { sums[{{OFFSET}} + group * 64 + i32(local.x)] = sum; }
}
