// y = activation(x), each value by itself.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{T}}>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i < {{SIZE}}) { y[i] = activate(x[i]); }
}
