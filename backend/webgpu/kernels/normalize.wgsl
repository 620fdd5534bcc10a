// y = activation(z · scale + shift (+ residual)), scale and shift from BatchNormTrain's state.
@group(0) @binding(0) var<storage, read> z: array<{{T}}>;
@group(0) @binding(1) var<storage, read> state: array<{{T}}>;
@group(0) @binding(2) var<storage, read_write> y: array<{{T}}>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let c = i % {{C}};
  y[i] = activate(fma(z[i], state[{{2 * C}} + c], state[{{3 * C}} + c]){{RESIDUAL ? " + residual_at(i, residual_channel(c))" : ""}});
}
