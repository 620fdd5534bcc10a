// y = activation(batch norm of z by its running buffers (+ residual)).
@group(0) @binding(0) var<storage, read> z: array<{{T}}>;
@group(0) @binding(1) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(2) var<storage, read> beta: array<{{T}}>;
@group(0) @binding(3) var<storage, read> mean: array<{{T}}>;
@group(0) @binding(4) var<storage, read> variance: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> y: array<{{T}}>;
#if RESIDUAL
@group(0) @binding(6) var<storage, read> residual: array<{{T}}>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let c = i % {{C}};
  let scale = gamma[c] / sqrt(variance[c] + {{EPSILON}});
  y[i] = activate(fma(z[i] - mean[c], scale, beta[c]){{RESIDUAL ? " + residual[i]" : ""}});
}
